package io.sluice.server;

import io.sluice.base.SystemEntropy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second broker out of a data folder for as long as this process lives, and holds the folder's identity: a
 * random id, made when the folder is first used, as text in the locked file.
 */
final class FolderLock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FolderLock.class);
    private static final String FILE = ".broker";
    private static final String KAFKAS_FILE = "meta.properties";
    private static final int ID_CHARS = 36;

    private final FileChannel channel;
    private final UUID identity;

    private FolderLock(FileChannel channel) throws IOException {
        this.channel = channel;
        this.identity = identity(channel);
    }

    UUID identity() {
        return identity;
    }

    private static UUID identity(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(ID_CHARS);
        if (channel.read(text, 0) == ID_CHARS) {
            try {
                return UUID.fromString(new String(text.array(), StandardCharsets.US_ASCII));
            } catch (IllegalArgumentException e) {
                log.warn("the folder's identity was unreadable and is made anew: {}", e.getMessage());
            }
        }
        UUID fresh = SystemEntropy.INSTANCE.nextUuid();
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(fresh.toString().getBytes(StandardCharsets.US_ASCII)), 0);
        channel.force(true);
        return fresh;
    }

    /** Whoever moves here with the settings of Kafka's broker would else find an empty broker among Kafka's files. */
    static void refuseKafkas(Path folder) throws StartupException {
        if (Files.exists(folder.resolve(KAFKAS_FILE))) {
            throw new StartupException("the data folder " + folder + " belongs to Apache Kafka (it has a " + KAFKAS_FILE
                    + "); choose another with --data or log.dirs");
        }
    }

    /** Makes the folder when it is missing, and takes its lock. */
    static FolderLock take(Path folder) throws StartupException {
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(
                    folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw FolderFailure.cannotUse(folder, e);
        }
        try {
            if (channel.tryLock() != null) {
                return new FolderLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            close(channel);
            throw inUse(folder);
        } catch (IOException e) {
            close(channel);
            throw FolderFailure.cannotUse(folder, e);
        }
        close(channel);
        throw inUse(folder);
    }

    private static StartupException inUse(Path folder) {
        return new StartupException("the data folder " + folder
                + " is in use by another broker; stop it or choose another folder with --data");
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give up a folder's lock", e);
        }
    }
}
