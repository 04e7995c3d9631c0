package io.sluice.engine.group;

import com.google.re2j.Pattern;
import io.sluice.engine.group.GroupRecord.ResolvedRegex;
import io.sluice.engine.group.Timers.Key;
import io.sluice.engine.group.Timers.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps known which topics the regular expressions of consumer groups stand for. Matching is done elsewhere; until the
 * answer comes a new expression stands for nothing. Owned by the shard's home loop.
 */
final class RegexSubscriptions {
    /** Changes of topics come in bursts: one look after a burst is enough. */
    private static final long SETTLE_MS = 1_000;

    private final ShardPorts ports;
    private final Roster roster;
    private final GroupEpochs epochs;
    private final GroupRoom room;
    private final Set<String> settling = new HashSet<>();
    /** The latest look begun for a group: what an earlier one finds is out of date. */
    private final Map<String, Long> latestLook = new HashMap<>();

    private long looks;

    RegexSubscriptions(ShardPorts ports, Roster roster, GroupEpochs epochs, GroupRoom room) {
        this.ports = ports;
        this.roster = roster;
        this.epochs = epochs;
        this.room = room;
    }

    /** A member has come, gone or changed its mind. */
    void membersChanged(Step step, ConsumerGroup group) {
        Set<String> used = group.expressions();
        for (String known : new ArrayList<>(group.regexes().keySet())) {
            if (!used.contains(known)) {
                step.write(new GroupRecord.Regex(group.groupId(), known, Optional.empty()));
            }
        }
        if (!group.regexes().keySet().containsAll(used)) {
            look(group);
        }
        if (used.isEmpty()) {
            forget(group.groupId());
        }
    }

    void topicsChanged(ConsumerGroup group) {
        if (!group.expressions().isEmpty() && settling.add(group.groupId())) {
            schedule(group.groupId(), SETTLE_MS);
        }
    }

    void loaded(ConsumerGroup group) {
        if (!group.expressions().isEmpty()) {
            look(group);
        }
    }

    void forget(String groupId) {
        settling.remove(groupId);
        latestLook.remove(groupId);
        ports.timers().cancel(new Key(Kind.REGEX, groupId, ""));
    }

    private void schedule(String groupId, long delayMs) {
        ports.timers().schedule(new Key(Kind.REGEX, groupId, ""), delayMs, step -> {
            settling.remove(groupId);
            roster.consumer(groupId).ifPresent(this::look);
        });
    }

    private void look(ConsumerGroup group) {
        String groupId = group.groupId();
        List<Pattern> patterns =
                group.expressions().stream().map(Pattern::compile).toList();
        if (patterns.isEmpty()) {
            return;
        }
        long look = ++looks;
        latestLook.put(groupId, look);
        boolean begun = ports.regexes()
                .match(patterns, ports.topics().get(), (step, names) -> found(step, groupId, look, names));
        // Looked at again after a while in any case: a busy worker, or a change of topics that went unnoticed.
        long againMs = ports.settings().consumer(groupId).regexRefreshIntervalMs();
        if (!settling.contains(groupId)) {
            schedule(groupId, begun ? againMs : SETTLE_MS);
        }
    }

    private void found(Step step, String groupId, long look, Map<String, Set<String>> names) {
        ConsumerGroup group = roster.consumer(groupId).orElse(null);
        if (group == null || latestLook.getOrDefault(groupId, -1L) != look) {
            return;
        }
        Set<String> used = group.expressions();
        boolean changed = false;
        for (Map.Entry<String, Set<String>> match : names.entrySet()) {
            ResolvedRegex before = group.regexes().get(match.getKey());
            boolean differs = before == null || !before.topics().equals(match.getValue());
            // Where there is no room the expression stands for what it did, until it is looked at again.
            if (used.contains(match.getKey())
                    && differs
                    && room.forRegex(step, group, match.getKey(), match.getValue())) {
                long version = before == null ? 1 : before.version() + 1;
                ResolvedRegex resolved = new ResolvedRegex(match.getValue(), version, step.nowMs());
                step.write(new GroupRecord.Regex(groupId, match.getKey(), Optional.of(resolved)));
                changed = true;
            }
        }
        if (changed) {
            epochs.refresh(step, group, true);
        }
    }
}
