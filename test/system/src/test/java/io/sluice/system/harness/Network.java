package io.sluice.system.harness;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A network of its own for each broker: a network namespace with one cable (veth) to a switch (bridge), at which the
 * tests' clients are too. What is cut is dropped without a word, as by a broken cable: packets go to a gateway that does
 * not exist, so neither side sees an error before its own time is up.
 *
 * <p>Made and removed by one test; all names begin with {@code slx} and the process id, and what a process that is dead
 * has left behind is removed by the next. Needs Linux, root, {@code ip} and {@code nsenter}. Owned by the test's thread.
 */
public final class Network implements AutoCloseable {
    private static final String PREFIX = "slx";
    /** Routing table of what is cut. */
    private static final String VOID_TABLE = "77";
    /** A card that nobody has. */
    private static final String VOID_CARD = "02:00:00:00:00:01";

    private static final int SWITCH_HOST = 1;
    private static final int NODE_HOST = 10;
    private static final int VOID_HOST = 250;

    private final String name = PREFIX + ProcessHandle.current().pid();
    private final String subnet;
    private final Set<Integer> nodes = new LinkedHashSet<>();
    private final Set<Integer> unplugged = new LinkedHashSet<>();
    /** What to say to {@code ip} to undo each cut. */
    private final Deque<List<String>> cuts = new ArrayDeque<>();

    private Network(String subnet) {
        this.subnet = subnet;
    }

    /** Networks for nodes 1 to {@code count}; empty, with a line that says why, where the machine does not allow it. */
    public static Optional<Network> create(int count) {
        if (!Command.installed("ip") || !Command.installed("nsenter")) {
            System.out.println("no networks: ip or nsenter is not installed");
            return Optional.empty();
        }
        removeLeftovers();
        long pid = ProcessHandle.current().pid();
        Network network = new Network("10." + (200 + pid % 50) + "." + pid / 50 % 250 + ".");
        try {
            network.build(count);
            return Optional.of(network);
        } catch (AssertionError refused) {
            System.out.println("no networks, which take root and Linux: "
                    + refused.getMessage().strip());
            network.close();
            return Optional.empty();
        }
    }

    private void build(int count) {
        ip("link", "add", bridge(), "type", "bridge", "forward_delay", "0", "stp_state", "0");
        ip("address", "add", subnet + SWITCH_HOST + "/24", "dev", bridge());
        ip("link", "set", bridge(), "up");
        for (int id = 1; id <= count; id++) {
            nodes.add(id);
            ip("netns", "add", namespace(id));
            ip("link", "add", cable(id), "type", "veth", "peer", "name", "eth0", "netns", namespace(id));
            ip("link", "set", cable(id), "master", bridge(), "up");
            inside(id, "link", "set", "lo", "up");
            inside(id, "address", "add", address(id) + "/24", "dev", "eth0");
            inside(id, "link", "set", "eth0", "up");
            String nobody = subnet + VOID_HOST;
            inside(id, "neighbor", "add", nobody, "lladdr", VOID_CARD, "dev", "eth0", "nud", "permanent");
            inside(id, "route", "add", "default", "via", nobody, "dev", "eth0", "table", VOID_TABLE);
        }
    }

    /** Puts a broker there. */
    public BrokerSpec place(int id, BrokerSpec spec) {
        return spec.host(address(id)).wrapper("nsenter", "--net=/run/netns/" + namespace(id), "--");
    }

    private String address(int id) {
        return subnet + (NODE_HOST + id);
    }

    /** Pulls the node's cable: neither brokers nor clients reach it, nor it them. */
    public void unplug(int id) {
        ip("link", "set", cable(id), "nomaster");
        unplugged.add(id);
    }

    /** The two nodes don't reach each other; all else stays. */
    public void separate(int one, int other) {
        cut(one, List.of("to", address(other)));
        cut(other, List.of("to", address(one)));
    }

    /** Nothing that the node sends arrives, at brokers and clients; what is sent to it does. */
    public void silence(int id) {
        cut(id, List.of("to", subnet + "0/24"));
    }

    /** Nothing that other brokers send to the node arrives; what it sends does. Clients are not concerned. */
    public void deafen(int id) {
        nodes.stream().filter(other -> other != id).forEach(other -> cut(other, List.of("to", address(id))));
    }

    /**
     * The node and {@code other} don't reach each other's ports {@code first} to {@code last}.
     *
     * @param first of the ports of {@code other}
     */
    public void cutPorts(int id, int other, int first, int last) {
        String ports = first + "-" + last;
        cut(id, List.of("to", address(other), "ipproto", "tcp", "dport", ports));
        cut(other, List.of("to", address(id), "ipproto", "tcp", "sport", ports));
    }

    private void cut(int id, List<String> what) {
        List<String> rule = new ArrayList<>(what);
        rule.addAll(List.of("priority", "100", "lookup", VOID_TABLE));
        inside(id, Stream.concat(Stream.of("rule", "add"), rule.stream()).toArray(String[]::new));
        List<String> undo = new ArrayList<>(List.of("-n", namespace(id), "rule", "del"));
        undo.addAll(rule);
        cuts.push(undo);
    }

    /** Mends all. */
    public void heal() {
        while (!cuts.isEmpty()) {
            ip(cuts.pop().toArray(String[]::new));
        }
        unplugged.forEach(id -> ip("link", "set", cable(id), "master", bridge()));
        unplugged.clear();
    }

    private String bridge() {
        return name + "b";
    }

    private String cable(int id) {
        return name + "c" + id;
    }

    private String namespace(int id) {
        return name + "n" + id;
    }

    private void inside(int id, String... words) {
        List<String> all = new ArrayList<>(List.of("-n", namespace(id)));
        all.addAll(List.of(words));
        ip(all.toArray(String[]::new));
    }

    private static void ip(String... words) {
        run(words).ok();
    }

    private static Command.Outcome run(String... words) {
        List<String> all = new ArrayList<>(List.of("ip"));
        all.addAll(List.of(words));
        return Command.run("", all);
    }

    private static void removeLeftovers() {
        String known = run("netns", "list").output() + "\n"
                + run("-o", "link", "show", "type", "bridge").output().replaceAll("(?m)^\\d+: ", "");
        known.lines()
                .map(line -> line.split("[ :@]")[0])
                .filter(found -> found.matches(PREFIX + "\\d+(n\\d+|b)"))
                .filter(found -> ProcessHandle.of(
                                Long.parseLong(found.substring(PREFIX.length()).replaceAll("[nb].*", "")))
                        .isEmpty())
                .forEach(Network::remove);
    }

    private static void remove(String left) {
        if (left.endsWith("b")) {
            run("link", "del", left);
        } else {
            run("netns", "del", left);
        }
    }

    /** Removes all that was made; the brokers in it must have ended. */
    @Override
    public void close() {
        nodes.forEach(id -> run("link", "del", cable(id)));
        nodes.forEach(id -> run("netns", "del", namespace(id)));
        run("link", "del", bridge());
    }
}
