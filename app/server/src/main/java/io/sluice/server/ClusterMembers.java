package io.sluice.server;

import io.sluice.zookeeper.EnsembleMember;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code sluice.cluster}: the nodes that run ZooKeeper together, as {@code id@host:port}, separated by commas. */
final class ClusterMembers {
    private static final String SETTING = "sluice.cluster";
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})@(\\[[^]]+]|[^:\\s@]+):(\\d{1,5})");
    private static final int LAST_PORT = 65_535;

    private ClusterMembers() {}

    /** The members in the order of their ids; different ones, on different ports. */
    static List<EnsembleMember> parse(String text) throws StartupException {
        List<EnsembleMember> members = new ArrayList<>();
        for (String entry : text.split(",", -1)) {
            EnsembleMember next = member(entry.strip());
            for (EnsembleMember other : members) {
                requireApart(other, next);
            }
            members.add(next);
        }
        members.sort(Comparator.comparingInt(EnsembleMember::id));
        return List.copyOf(members);
    }

    private static EnsembleMember member(String entry) throws StartupException {
        Matcher matcher = FORM.matcher(entry);
        if (!matcher.matches()) {
            throw new StartupException(SETTING + " has '" + entry
                    + "'; write each node as id@host:port, such as 1@10.0.0.1:9192, separated by commas");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port < 1 || port > LAST_PORT - EnsembleMember.PORTS + 1) {
            throw new StartupException(
                    SETTING + " has '" + entry + "'; the port and the two after it are used, so give 1 to "
                            + (LAST_PORT - EnsembleMember.PORTS + 1));
        }
        return new EnsembleMember(
                Integer.parseInt(matcher.group(1)), matcher.group(2).replaceAll("[\\[\\]]", ""), port);
    }

    private static void requireApart(EnsembleMember one, EnsembleMember other) throws StartupException {
        if (one.id() == other.id()) {
            throw new StartupException(
                    SETTING + " names node " + one.id() + " twice (" + one + ", " + other + "); give each its own id");
        }
        boolean sameHost =
                one.host().toLowerCase(Locale.ROOT).equals(other.host().toLowerCase(Locale.ROOT));
        if (sameHost && Math.abs(one.basePort() - other.basePort()) < EnsembleMember.PORTS) {
            throw new StartupException(SETTING + ": " + one + " and " + other
                    + " overlap, for each takes its port and the two after it; on one host give ports "
                    + EnsembleMember.PORTS + " apart, such as " + one.basePort() + " and "
                    + apart(one.basePort()));
        }
    }

    private static int apart(int port) {
        return port + 2 * EnsembleMember.PORTS > LAST_PORT ? port - EnsembleMember.PORTS : port + EnsembleMember.PORTS;
    }
}
