package io.sluice.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the operating system lets this process have. */
final class MachineLimits {
    private MachineLimits() {}

    /**
     * Half of the file descriptors that the process may have: for segment files. The rest is for connections, and for the
     * files that readers hold beyond the cap.
     */
    static int halfOfDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? (int) Math.max(1, Math.min(Integer.MAX_VALUE, unix.getMaxFileDescriptorCount() / 2))
                : Integer.MAX_VALUE;
    }
}
