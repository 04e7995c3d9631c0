package io.sluice.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file system as the log uses it. {@link NioDisk} is the real one; tests use one in memory that loses power.
 *
 * <p>Durability is the caller's business: bytes are safe after {@link DiskFile#sync}, names (created, renamed, deleted)
 * after {@link #syncFolder} of the folder that holds them. Methods may be called from any thread.
 */
public interface Disk {
    /** Opens a file that exists, for reading and writing. */
    DiskFile open(Path file) throws IOException;

    /** Opens a file for reading and writing; makes it when it does not exist. */
    DiskFile create(Path file) throws IOException;

    /** Makes a folder and those above it; nothing happens when it exists. */
    void createFolder(Path folder) throws IOException;

    /** Renames a file or folder; a file of the new name is replaced in one step. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file or an empty folder; nothing happens when it does not exist. */
    void delete(Path path) throws IOException;

    /** Makes the names in a folder survive a power loss. */
    void syncFolder(Path folder) throws IOException;

    /** Files in a folder, in no order. */
    List<Entry> list(Path folder) throws IOException;

    /** Names of the files and folders in a folder, in no order: cheaper than {@link #list}. */
    List<String> names(Path folder) throws IOException;

    /** What is known about a file or folder, empty when it does not exist. */
    Optional<Entry> find(Path path) throws IOException;

    /** Bytes on the folder's file system. */
    Space space(Path folder) throws IOException;

    /**
     * Names the life of the page cache that the folder's files are written through. As long as it is the same, whatever
     * was written is still there, synced or not, though the process that wrote it died. Another after each boot of the
     * machine and each mounting of the file system; empty when it is not known.
     */
    default Optional<String> cacheLife(Path folder) {
        return Optional.empty();
    }

    /** Takes a lock that lasts until it is closed or the process ends; empty when another process holds it. */
    Optional<Closeable> lock(Path file) throws IOException;

    /**
     * @param name last part of the path
     * @param size in bytes, 0 for a folder
     */
    record Entry(String name, boolean folder, long size) {}

    /**
     * @param totalBytes size of the file system
     * @param usableBytes what may still be written
     */
    record Space(long totalBytes, long usableBytes) {}
}
