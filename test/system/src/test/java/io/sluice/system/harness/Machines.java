package io.sluice.system.harness;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What each broker of a cluster has for itself: a network that can be cut, a disk that can lose its power; each where this
 * machine allows it. Made before the cluster, closed after it. Owned by the test's thread.
 */
public final class Machines implements AutoCloseable, BrokerCluster.Placement {
    private final Optional<Network> network;
    private final Map<Integer, PowerDisk> disks;

    private Machines(Optional<Network> network, Map<Integer, PowerDisk> disks) {
        this.network = network;
        this.disks = disks;
    }

    /** Nothing special: loopback, and the build's disk. */
    public static Machines none() {
        return new Machines(Optional.empty(), Map.of());
    }

    /** All that this machine allows, for nodes 1 to {@code count}; what it does not it says. */
    public static Machines create(int count, int diskMegabytes) {
        Optional<Network> network = Network.create(count);
        return new Machines(network, disks(count, diskMegabytes));
    }

    /** Networks only. */
    public static Machines withNetwork(int count) {
        return new Machines(Network.create(count), Map.of());
    }

    /** Disks only. */
    public static Machines withDisks(int count, int diskMegabytes) {
        return new Machines(Optional.empty(), disks(count, diskMegabytes));
    }

    private static Map<Integer, PowerDisk> disks(int count, int megabytes) {
        Map<Integer, PowerDisk> disks = new TreeMap<>();
        for (int id = 1; id <= count; id++) {
            Optional<PowerDisk> disk = PowerDisk.create("disk-" + id, megabytes);
            if (disk.isEmpty()) {
                disks.values().forEach(PowerDisk::close);
                return Map.of();
            }
            disks.put(id, disk.get());
        }
        return disks;
    }

    @Override
    public BrokerSpec place(int id, BrokerSpec spec) {
        BrokerSpec placed = network.isPresent() ? network.get().place(id, spec) : spec;
        return disks.isEmpty() ? placed : disks.get(id).place(placed);
    }

    public Optional<Network> network() {
        return network;
    }

    /** By node; empty where there are none. */
    public Map<Integer, PowerDisk> disks() {
        return disks;
    }

    @Override
    public void close() {
        disks.values().forEach(PowerDisk::close);
        network.ifPresent(Network::close);
    }
}
