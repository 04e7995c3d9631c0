package io.sluice.server;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How much memory the machine has. */
final class MachineMemory {
    private MachineMemory() {}

    /** A quarter of physical memory: what of the latest writes is surely still in the page cache. */
    static long quarterBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() / 4;
    }
}
