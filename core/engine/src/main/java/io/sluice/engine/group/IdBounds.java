package io.sluice.engine.group;

import java.util.Optional;

/** Keeps names that clients choose short enough to be kept and written. */
final class IdBounds {
    private IdBounds() {}

    static boolean exceeded(MemberRef member, Client client) {
        return exceeded(member) || tooLong(client.id()) || tooLong(client.host());
    }

    static boolean exceeded(MemberRef member) {
        return tooLong(member.groupId()) || tooLong(member.memberId()) || tooLong(member.instanceId());
    }

    static boolean tooLong(Optional<String> name) {
        return name.isPresent() && tooLong(name.get());
    }

    static boolean tooLong(String name) {
        return name.length() > Bounds.ID_CHARS;
    }
}
