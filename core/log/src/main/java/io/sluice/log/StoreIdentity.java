package io.sluice.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom a data folder belongs to; a folder of another cluster or broker is not opened (S15).
 *
 * @param clusterId the cluster's id
 * @param brokerId {@code node.id}
 */
public record StoreIdentity(String clusterId, int brokerId) {
    static final String FILE = "sluice.identity";
    private static final Pattern FORM = Pattern.compile("cluster\\.id=(\\S+)\nnode\\.id=(\\d{1,9})\n");

    /** Whom a folder belongs to; empty where nothing was stored yet. Blocks. */
    public static Optional<StoreIdentity> find(Path folder, Disk disk) throws IOException {
        Path file = folder.resolve(FILE);
        if (disk.find(file).isEmpty()) {
            return Optional.empty();
        }
        String text =
                StandardCharsets.UTF_8.decode(FileBytes.readAll(disk, file)).toString();
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new StoreIdentity(matcher.group(1), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /** What the file says. */
    String text() {
        return "cluster.id=" + clusterId + "\nnode.id=" + brokerId + "\n";
    }
}
