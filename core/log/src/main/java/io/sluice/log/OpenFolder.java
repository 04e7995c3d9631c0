package io.sluice.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data folder that this process has locked and that belongs to this broker (S15).
 *
 * @param folder the folder
 * @param lock held until closed
 */
record OpenFolder(DataFolder folder, Closeable lock) implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFolder.class);
    private static final String LOCK_NAME = ".lock";

    /** Makes the folder if need be, locks it, and checks whose it is. Blocks. */
    static OpenFolder open(Path path, StoreIdentity identity, Disk disk, StoreListener listener) throws StoreException {
        Closeable lock;
        try {
            make(path, disk);
            Optional<Closeable> taken = disk.lock(path.resolve(LOCK_NAME));
            if (taken.isEmpty()) {
                throw new StoreException(
                        StoreException.Reason.IN_USE,
                        path,
                        "data folder " + path + " is in use by another broker; stop it, or set another log.dirs");
            }
            lock = taken.get();
        } catch (IOException e) {
            throw inaccessible(path, e);
        }
        try {
            checkIdentity(path, identity, disk);
            return new OpenFolder(new DataFolder(path, disk, listener, disk.space(path)), lock);
        } catch (IOException e) {
            closeQuietly(lock);
            throw inaccessible(path, e);
        } catch (StoreException e) {
            closeQuietly(lock);
            throw e;
        }
    }

    /** Makes the folder, and those above it, so that they survive a power loss. */
    private static void make(Path path, Disk disk) throws IOException {
        if (disk.find(path).isPresent()) {
            return;
        }
        Path above = path.toAbsolutePath().getParent();
        if (above != null) {
            make(above, disk);
        }
        disk.createFolder(path);
        if (above != null) {
            disk.syncFolder(above);
        }
    }

    private static StoreException inaccessible(Path path, IOException e) {
        if (IoErrors.diskFull(e)) {
            return new StoreException(
                    StoreException.Reason.DISK_FULL,
                    path,
                    "the disk of data folder " + path + " is full; make room, or set another log.dirs",
                    e);
        }
        return new StoreException(
                StoreException.Reason.INACCESSIBLE,
                path,
                "data folder " + path + " cannot be used (" + e + "); check its permissions, or set another log.dirs",
                e);
    }

    private static void checkIdentity(Path path, StoreIdentity identity, Disk disk) throws IOException, StoreException {
        Path file = path.resolve(StoreIdentity.FILE);
        String expected = identity.text();
        if (disk.find(file).isEmpty()) {
            FileBytes.replace(disk, file, ByteBuffer.wrap(expected.getBytes(StandardCharsets.UTF_8)));
            return;
        }
        String found =
                StandardCharsets.UTF_8.decode(FileBytes.readAll(disk, file)).toString();
        if (!found.equals(expected)) {
            throw new StoreException(
                    StoreException.Reason.FOREIGN,
                    path,
                    "data folder " + path + " belongs to " + oneLine(found) + ", this broker is " + oneLine(expected)
                            + "; set the right log.dirs, cluster id and node.id");
        }
    }

    private static String oneLine(String identity) {
        return identity.strip().replace("\n", ", ");
    }

    @Override
    public void close() {
        closeQuietly(lock);
    }

    private static void closeQuietly(Closeable lock) {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("a data folder's lock could not be released; it goes with the process", e);
        }
    }
}
