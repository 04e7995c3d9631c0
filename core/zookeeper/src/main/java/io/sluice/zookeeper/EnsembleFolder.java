package io.sluice.zookeeper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps a server out of a folder that belongs to another ensemble (S15). A member of one writes down, before its first
 * start, which it is and who the others are:
 *
 * <pre>
 *   node=1
 *   members=1,2,3
 * </pre>
 *
 * A folder with data and without that file belongs to a server on its own. The members' addresses may change, but not
 * who they are: servers that remember different ensembles could each find a majority.
 */
final class EnsembleFolder {
    private static final String FILE = "members";
    private static final String DATA = "version-2";

    private EnsembleFolder() {}

    /**
     * Makes the folder when it is missing and takes it for a member of {@code ensemble}, or for a server on its own.
     *
     * @throws ForeignFolderException when it is somebody else's
     */
    static void claim(Path folder, Optional<Ensemble> ensemble) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(FILE);
        String wanted = ensemble.map(EnsembleFolder::text).orElse("");
        String found = Files.exists(file) ? Files.readString(file) : "";
        if (found.equals(wanted)) {
            return;
        }
        if (!found.isEmpty() || hasData(folder)) {
            throw new ForeignFolderException(refusal(folder, found, wanted));
        }
        write(file, wanted);
    }

    private static String text(Ensemble ensemble) {
        return "node=" + ensemble.self() + "\nmembers="
                + ensemble.members().stream()
                        .map(member -> Integer.toString(member.id()))
                        .collect(Collectors.joining(","))
                + "\n";
    }

    private static String refusal(Path folder, String found, String wanted) {
        String remedy = "; start it as it was started before, or with an empty data folder";
        if (found.isEmpty()) {
            return folder + " holds the ZooKeeper data of a single node, not of a cluster's" + remedy
                    + " (--data) for a new cluster";
        }
        String was = folder + " holds the ZooKeeper data of a cluster's member (" + oneLine(found) + ")";
        return wanted.isEmpty()
                ? was + ", not of a single node" + remedy
                : was + ", but is to be that of " + oneLine(wanted) + remedy;
    }

    private static String oneLine(String text) {
        return text.strip().replace("\n", ", ");
    }

    private static boolean hasData(Path folder) throws IOException {
        Path data = folder.resolve(DATA);
        if (!Files.isDirectory(data)) {
            return false;
        }
        try (Stream<Path> files = Files.list(data)) {
            return files.findAny().isPresent();
        }
    }

    /** On disk before the server's first vote. */
    private static void write(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(FILE + ".new");
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }
}
