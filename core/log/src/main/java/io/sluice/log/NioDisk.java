package io.sluice.log;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The operating system's files. No state; safe from any thread. A thread that uses it must not be interrupted. */
public final class NioDisk implements Disk {
    @Override
    public DiskFile open(Path file) throws IOException {
        return new NioFile(FileChannel.open(file, READ, WRITE));
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new NioFile(FileChannel.open(file, READ, WRITE, CREATE));
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }

    @Override
    public List<Entry> list(Path folder) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String name : names(folder)) {
            find(folder.resolve(name)).ifPresent(entries::add);
        }
        return entries;
    }

    @Override
    public List<String> names(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path path : stream) {
                names.add(String.valueOf(path.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    @Override
    public Optional<Entry> find(Path path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            boolean folder = attributes.isDirectory();
            String name = String.valueOf(path.getFileName());
            return Optional.of(new Entry(name, folder, folder ? 0 : attributes.size()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public Space space(Path folder) throws IOException {
        // Not Files.getFileStore: that reads the whole mount table.
        File file = folder.toFile();
        return new Space(file.getTotalSpace(), file.getUsableSpace());
    }

    @Override
    public Optional<String> cacheLife(Path folder) {
        return CacheLife.of(folder);
    }

    @Override
    public Optional<Closeable> lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, WRITE, CREATE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null; // another broker in this very process
        }
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(channel);
    }

    /** One open file; the position of the channel itself is used by gathering writes only. */
    private static final class NioFile implements DiskFile {
        private final FileChannel channel;
        private long gatherPosition;

        NioFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return channel.write(source, position);
        }

        @Override
        public long write(ByteBuffer[] sources, int first, int count, long position) throws IOException {
            if (position != gatherPosition) {
                channel.position(position);
                gatherPosition = position;
            }
            long written = channel.write(sources, first, count);
            gatherPosition += written;
            return written;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
            gatherPosition = channel.position();
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public Optional<FileChannel> channel() {
            return Optional.of(channel);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
