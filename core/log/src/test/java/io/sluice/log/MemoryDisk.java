package io.sluice.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what a power loss would leave: bytes are safe after a sync of their file, names after a
 * sync of their folder, and what is not safe survives in part, in 512-byte sectors, as the seed will have it. Faults are
 * injected by {@link #faults}. For tests; safe from any thread.
 */
public final class MemoryDisk implements Disk {
    private static final int SECTOR = 512;

    /** What can go wrong. */
    public enum Op {
        OPEN,
        CREATE,
        READ,
        WRITE,
        TRUNCATE,
        SYNC,
        RENAME,
        DELETE,
        CREATE_FOLDER,
        SYNC_FOLDER,
        LIST
    }

    /** Called before each operation; throws to make it fail. */
    @FunctionalInterface
    public interface Faults {
        Faults NONE = (op, path) -> {};

        void before(Op op, Path path) throws IOException;
    }

    /** The machine is off: thrown by faults, and by everything afterwards. */
    public static final class PowerLoss extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final class Inode {
        byte[] bytes = new byte[0];
        byte[] safe = new byte[0];
    }

    /** A change of names that is not safe yet: {@code from} loses its name, {@code to} gets it. */
    private record NameChange(
            Path folder, @Nullable Path from, @Nullable Path to, Inode inode) {}

    private final Map<Path, Inode> files = new TreeMap<>();
    private final Map<Path, Inode> safeFiles = new TreeMap<>();
    private final Set<Path> folders = new HashSet<>();
    private final Set<Path> safeFolders = new HashSet<>();
    private final List<NameChange> unsafeNames = new ArrayList<>();
    private final Set<Path> locks = new HashSet<>();
    private Faults faults = Faults.NONE;
    private Predicate<Path> forgotten = path -> false;
    private long capacity = Long.MAX_VALUE;
    private long life = 1;
    private int mostPerWrite = Integer.MAX_VALUE;

    public MemoryDisk() {
        folders.add(Path.of("/"));
        safeFolders.add(Path.of("/"));
    }

    public synchronized void faults(Faults changed) {
        faults = changed;
    }

    /** How much fits, in bytes. */
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /** Makes writes short. */
    public synchronized void mostPerWrite(int bytes) {
        mostPerWrite = bytes;
    }

    /** Makes syncs of these files and folders do nothing, as a broker that forgot them would. */
    public synchronized void forgetSyncsOf(Predicate<Path> paths) {
        forgotten = paths;
    }

    public synchronized long used() {
        long used = 0;
        for (Inode inode : new HashSet<>(files.values())) {
            used += inode.bytes.length;
        }
        return used;
    }

    /** The process died, the machine did not: only the locks are gone. */
    public synchronized MemoryDisk afterKill() {
        locks.clear();
        faults = Faults.NONE;
        return this;
    }

    /** What a machine finds that comes back after a power loss now. */
    public synchronized MemoryDisk afterPowerLoss(long seed) {
        Random random = new Random(seed);
        MemoryDisk next = new MemoryDisk();
        next.life = life + 1;
        next.folders.addAll(safeFolders);
        Map<Path, Inode> names = new TreeMap<>(safeFiles);
        Set<Path> stopped = new HashSet<>();
        for (NameChange change : unsafeNames) {
            // Of each folder's changes a prefix survives.
            if (stopped.contains(change.folder) || random.nextBoolean()) {
                stopped.add(change.folder);
            } else {
                apply(change, names, next.folders);
            }
        }
        names.forEach((path, inode) -> {
            if (next.folders.contains(path.getParent())) {
                Inode copy = new Inode();
                copy.bytes = survivors(inode, random);
                copy.safe = copy.bytes.clone();
                next.files.put(path, copy);
                next.safeFiles.put(path, copy);
            }
        });
        next.safeFolders.addAll(next.folders);
        return next;
    }

    private static byte[] survivors(Inode inode, Random random) {
        int mode = random.nextInt(4);
        if (mode == 0) {
            return inode.safe.clone();
        }
        if (mode == 1) {
            return inode.bytes.clone();
        }
        int length = random.nextBoolean() ? inode.safe.length : inode.bytes.length;
        byte[] result = new byte[length];
        for (int from = 0; from < length; from += SECTOR) {
            byte[] source = random.nextBoolean() ? inode.safe : inode.bytes;
            int count = Math.min(Math.min(SECTOR, length - from), source.length - from);
            if (count > 0) {
                System.arraycopy(source, from, result, from, count);
            }
        }
        return result;
    }

    private static void apply(NameChange change, Map<Path, Inode> names, Set<Path> folders) {
        if (change.from != null) {
            names.remove(change.from);
        }
        if (change.to != null) {
            names.put(change.to, change.inode);
        }
    }

    /** The bytes of a file, to be looked at. */
    public synchronized byte[] bytes(Path path) throws IOException {
        return inode(path).bytes.clone();
    }

    /** Replaces the bytes of a file, as if they had always been there. */
    public synchronized void rot(Path path, byte[] bytes) throws IOException {
        Inode inode = inode(path);
        inode.bytes = bytes.clone();
        inode.safe = bytes.clone();
    }

    /** All files, in order. */
    public synchronized List<Path> files() {
        return List.copyOf(files.keySet());
    }

    /** A disk with the same content, all of it safe. */
    public synchronized MemoryDisk copy() {
        MemoryDisk copy = new MemoryDisk();
        copy.folders.addAll(folders);
        copy.safeFolders.addAll(folders);
        files.forEach((path, inode) -> {
            Inode same = new Inode();
            same.bytes = inode.bytes.clone();
            same.safe = inode.bytes.clone();
            copy.files.put(path, same);
            copy.safeFiles.put(path, same);
        });
        return copy;
    }

    private Inode inode(Path path) throws IOException {
        Inode inode = files.get(path);
        if (inode == null) {
            throw new NoSuchFileException(path.toString());
        }
        return inode;
    }

    private void change(@Nullable Path from, @Nullable Path to, Inode inode) {
        Path named = to != null ? to : from;
        Path folder = named == null ? null : named.getParent();
        NameChange change = new NameChange(Objects.requireNonNull(folder), from, to, inode);
        apply(change, files, folders);
        unsafeNames.add(change);
    }

    @Override
    public synchronized DiskFile open(Path file) throws IOException {
        faults.before(Op.OPEN, file);
        return new MemoryFile(file, inode(file));
    }

    @Override
    public synchronized DiskFile create(Path file) throws IOException {
        Inode inode = files.get(file);
        if (inode == null) {
            faults.before(Op.CREATE, file);
            if (!folders.contains(file.getParent())) {
                throw new NoSuchFileException(file.toString());
            }
            inode = new Inode();
            change(null, file, inode);
        }
        return new MemoryFile(file, inode);
    }

    @Override
    public synchronized void createFolder(Path folder) throws IOException {
        if (folders.contains(folder)) {
            return;
        }
        faults.before(Op.CREATE_FOLDER, folder);
        for (Path path = folder; path != null; path = path.getParent()) {
            folders.add(path);
        }
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        faults.before(Op.RENAME, from);
        if (folders.contains(from)) {
            renameFolder(from, to);
            return;
        }
        change(from, to, inode(from));
    }

    private void renameFolder(Path from, Path to) throws IOException {
        if (files.keySet().stream().anyMatch(file -> to.equals(file.getParent()))) {
            throw new DirectoryNotEmptyException(to.toString());
        }
        folders.remove(from);
        folders.add(to);
        if (safeFolders.remove(from)) {
            safeFolders.add(to);
        }
        moveAll(files, from, to);
        moveAll(safeFiles, from, to);
    }

    private static void moveAll(Map<Path, Inode> names, Path from, Path to) {
        for (Path path : List.copyOf(names.keySet())) {
            if (from.equals(path.getParent())) {
                Inode inode = names.remove(path);
                if (inode != null) {
                    names.put(to.resolve(path.getFileName()), inode);
                }
            }
        }
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        Inode inode = files.get(path);
        if (inode != null) {
            faults.before(Op.DELETE, path);
            change(path, null, inode);
        } else if (folders.contains(path)) {
            faults.before(Op.DELETE, path);
            folders.remove(path);
            safeFolders.remove(path);
        }
    }

    @Override
    public synchronized void syncFolder(Path folder) throws IOException {
        faults.before(Op.SYNC_FOLDER, folder);
        if (!folders.contains(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        if (forgotten.test(folder)) {
            return;
        }
        for (Path path : folders) {
            if (folder.equals(path.getParent())) {
                safeFolders.add(path);
            }
        }
        for (NameChange change : List.copyOf(unsafeNames)) {
            if (change.folder.equals(folder)) {
                apply(change, safeFiles, safeFolders);
                unsafeNames.remove(change);
            }
        }
    }

    @Override
    public synchronized List<Entry> list(Path folder) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String name : names(folder)) {
            find(folder.resolve(name)).ifPresent(entries::add);
        }
        return entries;
    }

    @Override
    public synchronized List<String> names(Path folder) throws IOException {
        faults.before(Op.LIST, folder);
        List<String> names = new ArrayList<>();
        for (Path path : files.keySet()) {
            if (folder.equals(path.getParent())) {
                names.add(path.getFileName().toString());
            }
        }
        for (Path path : folders) {
            if (folder.equals(path.getParent())) {
                names.add(path.getFileName().toString());
            }
        }
        return names;
    }

    @Override
    public synchronized Optional<Entry> find(Path path) {
        Inode inode = files.get(path);
        if (inode != null) {
            return Optional.of(new Entry(path.getFileName().toString(), false, inode.bytes.length));
        }
        return folders.contains(path)
                ? Optional.of(new Entry(String.valueOf(path.getFileName()), true, 0))
                : Optional.empty();
    }

    @Override
    public synchronized Space space(Path folder) {
        return capacity == Long.MAX_VALUE
                ? new Space(1L << 40, 1L << 39)
                : new Space(Math.max(capacity, 1 << 20), Math.max(0, capacity - used()));
    }

    @Override
    public synchronized Optional<String> cacheLife(Path folder) {
        return Optional.of("life-" + life);
    }

    @Override
    public synchronized Optional<Closeable> lock(Path file) {
        return locks.add(file) ? Optional.of(() -> unlock(file)) : Optional.empty();
    }

    private synchronized void unlock(Path file) {
        locks.remove(file);
    }

    private final class MemoryFile implements DiskFile {
        private final Path path;
        private final Inode inode;
        private boolean closed;

        MemoryFile(Path path, Inode inode) {
            this.path = path;
            this.inode = inode;
        }

        private void check(Op op) throws IOException {
            if (closed) {
                throw new IOException(path + " is used after it was closed");
            }
            faults.before(op, path);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                check(Op.READ);
                if (position >= inode.bytes.length) {
                    return target.hasRemaining() ? -1 : 0;
                }
                int count = (int) Math.min(target.remaining(), inode.bytes.length - position);
                target.put(inode.bytes, (int) position, count);
                return count;
            }
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                check(Op.WRITE);
                int wanted = Math.min(source.remaining(), mostPerWrite);
                long growth = Math.max(0, position + wanted - inode.bytes.length);
                if (growth > 0 && used() + growth > capacity) {
                    wanted -= (int) Math.min(wanted, used() + growth - capacity);
                    if (wanted <= 0) {
                        throw new IOException("No space left on device");
                    }
                }
                int end = (int) position + wanted;
                if (end > inode.bytes.length) {
                    inode.bytes = Arrays.copyOf(inode.bytes, end);
                }
                source.get(inode.bytes, (int) position, wanted);
                return wanted;
            }
        }

        @Override
        public long write(ByteBuffer[] sources, int first, int count, long position) throws IOException {
            long total = 0;
            for (int i = first; i < first + count; i++) {
                int wanted = sources[i].remaining();
                int written = write(sources[i], position + total);
                total += written;
                if (written < wanted) {
                    break;
                }
            }
            return total;
        }

        @Override
        public long size() {
            synchronized (MemoryDisk.this) {
                return inode.bytes.length;
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (MemoryDisk.this) {
                check(Op.TRUNCATE);
                if (size < inode.bytes.length) {
                    inode.bytes = Arrays.copyOf(inode.bytes, (int) size);
                }
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (MemoryDisk.this) {
                check(Op.SYNC);
                if (!forgotten.test(path)) {
                    inode.safe = inode.bytes.clone();
                }
            }
        }

        @Override
        public Optional<FileChannel> channel() {
            return Optional.empty();
        }

        @Override
        public void close() {
            synchronized (MemoryDisk.this) {
                closed = true;
            }
        }
    }
}
