package io.sluice.log;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Under which broker epoch a data folder is written, and in which life of the page cache: file {@code broker-epoch}. A
 * process that dies leaves what it wrote in the page cache; if that is still the same cache, and recovery finds nothing
 * wrong, the folder has lost nothing since that epoch began (R14).
 *
 * <p>Taken away before anything is loaded, and put back when loading found nothing wrong: a recovery that repaired
 * something and was killed then must not look sound to the next one. Taken away, too, when the folder fails.
 *
 * @param brokerEpoch the registration
 * @param life see {@link Disk#cacheLife}
 */
record EpochMark(long brokerEpoch, String life) {
    private static final String NAME = "broker-epoch";
    private static final int MAGIC = 0x534C4245;
    private static final int VERSION = 1;

    /** Marks the folder. Does nothing where the life of the cache is not known: there is nothing to prove with it. */
    static void leave(Disk disk, Path dataFolder, long brokerEpoch) throws IOException {
        Optional<String> life = disk.cacheLife(dataFolder);
        if (life.isPresent()) {
            CheckedFile.write(disk, dataFolder.resolve(NAME), MAGIC, VERSION, out -> {
                out.writeLong(brokerEpoch);
                out.writeUTF(life.get());
            });
        }
    }

    /** Takes the mark away for good; the epoch in it if the cache is the same as then. */
    static OptionalLong take(Disk disk, Path dataFolder) throws IOException {
        Path path = dataFolder.resolve(NAME);
        if (disk.find(path).isEmpty()) {
            return OptionalLong.empty();
        }
        Optional<CheckedFile.Content> content = CheckedFile.read(disk, path, MAGIC, VERSION);
        disk.delete(path);
        disk.syncFolder(dataFolder);
        if (content.isEmpty()) {
            return OptionalLong.empty();
        }
        try (DataInputStream in = content.get().body()) {
            EpochMark mark = new EpochMark(in.readLong(), in.readUTF());
            return disk.cacheLife(dataFolder).filter(mark.life::equals).isPresent()
                    ? OptionalLong.of(mark.brokerEpoch)
                    : OptionalLong.empty();
        }
    }
}
