package io.sluice.log;

import io.sluice.base.EpochChain;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Under which broker epoch a data folder is written, and in which life of the page cache: file {@code broker-epoch}. A
 * process that dies leaves what it wrote in the page cache; if that is still the same cache, and recovery finds nothing
 * wrong, the folder has lost nothing since that epoch began (R14).
 *
 * <p>Taken away before anything is loaded, and put back when loading found nothing wrong: a recovery that repaired
 * something and was killed then must not look sound to the next one. Taken away, too, when the folder fails.
 *
 * <pre>
 * latest epoch (8) | life of the page cache (UTF) | count (4) | epoch (8) *
 * </pre>
 *
 * What follows the life was not written once, and whoever does not know it does not read it.
 *
 * @param chain the registrations, of which the last is the one it is written under
 * @param life see {@link Disk#cacheLife}
 */
record EpochMark(EpochChain chain, String life) {
    private static final String NAME = "broker-epoch";
    private static final int MAGIC = 0x534C4245;
    private static final int VERSION = 1;

    /** Marks the folder. Does nothing where the life of the cache is not known: there is nothing to prove with it. */
    static void leave(Disk disk, Path dataFolder, EpochChain chain) throws IOException {
        Optional<String> life = disk.cacheLife(dataFolder);
        if (life.isPresent() && !chain.isNone()) {
            CheckedFile.write(disk, dataFolder.resolve(NAME), MAGIC, VERSION, out -> {
                out.writeLong(chain.latest().orElseThrow());
                out.writeUTF(life.get());
                writeChain(out, chain);
            });
        }
    }

    /** Takes the mark away for good; what it proves if the cache is the same as then. */
    static EpochChain take(Disk disk, Path dataFolder) throws IOException {
        Path path = dataFolder.resolve(NAME);
        if (disk.find(path).isEmpty()) {
            return EpochChain.NONE;
        }
        Optional<CheckedFile.Content> content = CheckedFile.read(disk, path, MAGIC, VERSION);
        disk.delete(path);
        disk.syncFolder(dataFolder);
        if (content.isEmpty()) {
            return EpochChain.NONE;
        }
        try (DataInputStream in = content.get().body()) {
            long latest = in.readLong();
            String life = in.readUTF();
            EpochMark mark = new EpochMark(readChain(in, latest), life);
            return disk.cacheLife(dataFolder).filter(mark.life::equals).isPresent() ? mark.chain : EpochChain.NONE;
        }
    }

    static void writeChain(DataOutputStream out, EpochChain chain) throws IOException {
        out.writeInt(chain.epochs().size());
        for (long epoch : chain.epochs()) {
            out.writeLong(epoch);
        }
    }

    /** @param latest what there is where no chain was written yet */
    static EpochChain readChain(DataInputStream in, long latest) throws IOException {
        if (in.available() == 0) {
            return EpochChain.of(latest);
        }
        int count = in.readInt();
        List<Long> epochs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            epochs.add(in.readLong());
        }
        return new EpochChain(epochs);
    }
}
