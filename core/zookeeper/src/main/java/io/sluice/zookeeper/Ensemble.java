package io.sluice.zookeeper;

import java.util.Comparator;
import java.util.List;

/**
 * The nodes that run ZooKeeper together, seen from one of them.
 *
 * @param self the id of the node that this is
 * @param members at least two, with different ids, {@code self} among them; kept in the order of their ids
 */
public record Ensemble(int self, List<EnsembleMember> members) {
    public Ensemble {
        members = members.stream()
                .sorted(Comparator.comparingInt(EnsembleMember::id))
                .toList();
        int own = self;
        if (members.size() < 2 || members.stream().noneMatch(member -> member.id() == own)) {
            throw new IllegalArgumentException("not an ensemble of node " + self + ": " + members);
        }
    }

    /** The member that this node is. */
    public EnsembleMember own() {
        return members.stream()
                .filter(member -> member.id() == self)
                .findFirst()
                .orElseThrow();
    }

    List<EnsembleMember> others() {
        return members.stream().filter(member -> member.id() != self).toList();
    }

    /** How many members must be there for the ensemble to serve. */
    int majority() {
        return members.size() / 2 + 1;
    }
}
