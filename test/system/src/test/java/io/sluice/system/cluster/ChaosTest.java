package io.sluice.system.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.Machines;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A cluster that is mistreated loses nothing. The short rounds strike each kind of fault once; {@code -Dsluice.chaos.faults}
 * and {@code -Dsluice.chaos.seed} say how many and which by chance. See docs/correctness.md.
 */
class ChaosTest {
    private static final int BROKERS = 3;
    /** Small enough to be filled. The file behind it takes only what is used. */
    private static final int DISK_MEGABYTES = 1_024;

    private static final int SOAK_DISK_MEGABYTES = 16_384;

    private final long seed = Long.getLong("sluice.chaos.seed", System.nanoTime());

    @Test
    void nothingAckedIsLostWhateverHappensToProcesses() throws Exception {
        try (Machines none = Machines.none()) {
            new Chaos(seed, none).survive(Integer.getInteger("sluice.chaos.faults", 9), ProcessFaults::of);
        }
    }

    @Test
    @Tag("slow")
    void nothingAckedIsLostWhateverHappensToNetworks() throws Exception {
        try (Machines machines = Machines.withNetwork(BROKERS)) {
            assumeTrue(machines.network().isPresent(), "not run: networks take root and Linux's network namespaces");
            new Chaos(seed, machines)
                    .survive(
                            Integer.getInteger("sluice.chaos.faults", 12),
                            victims ->
                                    NetworkFaults.of(victims, machines.network().orElseThrow()));
        }
    }

    @Test
    @Tag("slow")
    void nothingAckedIsLostWhateverHappensToMachines() throws Exception {
        try (Machines machines = Machines.create(BROKERS, DISK_MEGABYTES)) {
            assumeTrue(
                    !machines.disks().isEmpty(), "not run: disks that lose power take root and Linux's loop devices");
            new Chaos(seed, machines)
                    .survive(Integer.getInteger("sluice.chaos.faults", 6), victims -> machineFaults(victims, machines));
        }
    }

    @Test
    @Tag("slow")
    void nothingAckedIsLostInFiveHundredFaults() throws Exception {
        try (Machines machines = Machines.create(BROKERS, SOAK_DISK_MEGABYTES)) {
            new Chaos(seed, machines).survive(Integer.getInteger("sluice.chaos.faults", 500), victims -> {
                List<Fault> all = new ArrayList<>(ProcessFaults.of(victims));
                machines.network().ifPresent(network -> all.addAll(NetworkFaults.of(victims, network)));
                all.addAll(machineFaults(victims, machines));
                return all;
            });
        }
    }

    private static List<Fault> machineFaults(Victims victims, Machines machines) {
        if (machines.disks().isEmpty()) {
            return List.of();
        }
        return machines.network().isPresent()
                ? DiskFaults.of(victims, machines.disks(), machines.network().get())
                : DiskFaults.of(victims, machines.disks());
    }
}
