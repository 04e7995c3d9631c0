package io.sluice.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Names the life of Linux's page cache for a folder's file system: {@code <boot id>/<mount>}. The mount is the inode that
 * the kernel gave the file system's directory under {@code /sys/fs} when it was mounted, which it gives only once in a
 * boot (the numbers of mounts and devices are used again). File systems that have none, such as overlays, are named by
 * their device: they live on another one. Reads a few virtual files.
 */
final class CacheLife {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path FILE_SYSTEMS = Path.of("/sys/fs");
    private static final Path BLOCK_DEVICES = Path.of("/sys/dev/block");

    private CacheLife() {}

    /** Empty where the machine does not tell. */
    static Optional<String> of(Path folder) {
        try {
            if (!Files.isReadable(BOOT_ID)) {
                return Optional.empty();
            }
            String boot = Files.readString(BOOT_ID).strip();
            return boot.isEmpty() ? Optional.empty() : Optional.of(boot + "/" + mount(folder));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String mount(Path folder) throws IOException {
        long device = number(folder, "unix:dev");
        long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
        long minor = (device & 0xff) | (device >>> 12 & ~0xffL);
        Path block = BLOCK_DEVICES.resolve(major + ":" + minor);
        if (Files.exists(block)) {
            Path name = block.toRealPath().getFileName();
            for (String type : new String[] {"ext4", "xfs", "f2fs"}) {
                Path mounted = FILE_SYSTEMS.resolve(type).resolve(String.valueOf(name));
                if (Files.exists(mounted)) {
                    return type + ":" + name + ":" + number(mounted, "unix:ino");
                }
            }
        }
        return "device:" + device;
    }

    private static long number(Path path, String attribute) throws IOException {
        return ((Number) Files.getAttribute(path, attribute)).longValue();
    }
}
