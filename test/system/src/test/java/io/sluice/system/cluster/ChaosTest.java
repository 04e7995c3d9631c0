package io.sluice.system.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.Machines;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A cluster that is mistreated loses nothing. The short rounds strike with each kind of fault once. {@code
 * -Dsluice.chaos.faults} says until how many were felt, {@code -Dsluice.chaos.acked} and until how many records were
 * acked, {@code -Dsluice.chaos.rate} how many are sent in a second (0: as many as go), {@code -Dsluice.chaos.seed} what
 * happens by chance. See docs/correctness.md.
 */
class ChaosTest {
    private static final int BROKERS = 3;
    /** Small enough to be filled. The file behind it takes only what is used. */
    private static final int DISK_MEGABYTES = 1_024;

    private static final int SOAK_DISK_MEGABYTES = 8_192;
    private static final int SHORT_RATE = 4_000;
    private static final int SOAK_RATE = 2_400;
    private static final long SOAK_ACKED = 5_000_000;

    private final long seed = Long.getLong("sluice.chaos.seed", System.nanoTime());

    /** What this machine allows of everything; loopback and processes at least. */
    @Test
    void nothingAckedIsLostWhateverHappens() throws Exception {
        try (Machines machines = Machines.create(BROKERS, DISK_MEGABYTES)) {
            survive(machines, SHORT_RATE, 0, 0, victims -> allFaults(victims, machines));
        }
    }

    @Test
    @Tag("slow")
    void nothingAckedIsLostWhateverHappensToProcesses() throws Exception {
        try (Machines none = Machines.none()) {
            survive(none, 0, 0, 0, ProcessFaults::of);
        }
    }

    @Test
    @Tag("slow")
    void nothingAckedIsLostWhateverHappensToNetworks() throws Exception {
        try (Machines machines = Machines.withNetwork(BROKERS)) {
            assumeTrue(machines.network().isPresent(), "not run: networks take root and Linux's network namespaces");
            survive(
                    machines,
                    0,
                    0,
                    0,
                    victims -> NetworkFaults.of(victims, machines.network().orElseThrow()));
        }
    }

    @Test
    @Tag("slow")
    void nothingAckedIsLostWhateverHappensToMachines() throws Exception {
        try (Machines machines = Machines.create(BROKERS, DISK_MEGABYTES)) {
            assumeTrue(
                    !machines.disks().isEmpty(), "not run: disks that lose power take root and Linux's loop devices");
            survive(machines, 0, 0, 0, victims -> machineFaults(victims, machines));
        }
    }

    @Test
    @Tag("slow")
    void nothingAckedIsLostInFiveHundredFaults() throws Exception {
        try (Machines machines = Machines.create(BROKERS, SOAK_DISK_MEGABYTES)) {
            survive(machines, SOAK_RATE, 500, SOAK_ACKED, victims -> allFaults(victims, machines));
        }
    }

    private void survive(Machines machines, int rate, int faults, long acked, Function<Victims, List<Fault>> kinds)
            throws Exception {
        new Chaos(seed, machines, Integer.getInteger("sluice.chaos.rate", rate))
                .survive(
                        Integer.getInteger("sluice.chaos.faults", faults),
                        Long.getLong("sluice.chaos.acked", acked),
                        kinds);
    }

    private static List<Fault> allFaults(Victims victims, Machines machines) {
        List<Fault> all = new ArrayList<>(ProcessFaults.of(victims));
        machines.network().ifPresent(network -> all.addAll(NetworkFaults.of(victims, network)));
        all.addAll(machineFaults(victims, machines));
        return all;
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
