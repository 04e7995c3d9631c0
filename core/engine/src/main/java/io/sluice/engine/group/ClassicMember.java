package io.sluice.engine.group;

import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A member of a classic group. What it offers and whom it waits for is lost with the broker; a member then joins again.
 * Owned by the shard's home loop.
 */
final class ClassicMember {
    private final String memberId;
    private final Optional<String> instanceId;
    private Client client;
    private JoinGroup.Timeouts timeouts;
    private List<Protocol> protocols;
    private Bytes assignment = Bytes.EMPTY;
    private boolean joinedOnce;
    private @Nullable Reply<JoinGroup.Response> joining;
    private @Nullable Reply<SyncGroup.Response> syncing;

    ClassicMember(
            String memberId,
            Optional<String> instanceId,
            Client client,
            JoinGroup.Timeouts timeouts,
            List<Protocol> protocols) {
        this.memberId = memberId;
        this.instanceId = instanceId;
        this.client = client;
        this.timeouts = timeouts;
        this.protocols = List.copyOf(protocols);
    }

    /** The same instance under a new id: a static member's process was started again. */
    ClassicMember replacedBy(String newMemberId) {
        ClassicMember successor = new ClassicMember(newMemberId, instanceId, client, timeouts, protocols);
        successor.assignment = assignment;
        successor.joinedOnce = joinedOnce;
        return successor;
    }

    void update(Client newClient, JoinGroup.Timeouts newTimeouts, List<Protocol> newProtocols) {
        client = newClient;
        timeouts = newTimeouts;
        protocols = List.copyOf(newProtocols);
    }

    String memberId() {
        return memberId;
    }

    Optional<String> instanceId() {
        return instanceId;
    }

    Client client() {
        return client;
    }

    JoinGroup.Timeouts timeouts() {
        return timeouts;
    }

    List<Protocol> protocols() {
        return protocols;
    }

    Bytes assignment() {
        return assignment;
    }

    void assignment(Bytes newAssignment) {
        assignment = newAssignment;
    }

    boolean offers(List<Protocol> same) {
        return protocols.equals(same);
    }

    Bytes metadata(String protocol) {
        return protocols.stream()
                .filter(offered -> offered.name().equals(protocol))
                .map(Protocol::metadata)
                .findFirst()
                .orElse(Bytes.EMPTY);
    }

    int metadataBytes() {
        return metadataBytes(protocols);
    }

    static int metadataBytes(List<Protocol> protocols) {
        int bytes = 0;
        for (Protocol protocol : protocols) {
            bytes += protocol.metadata().size() + protocol.name().length();
        }
        return bytes;
    }

    /** Whether the member was told a generation, so that it knows its id and can send heartbeats. */
    boolean joinedOnce() {
        return joinedOnce;
    }

    void joined() {
        joinedOnce = true;
    }

    boolean isJoining() {
        return joining != null;
    }

    boolean isSyncing() {
        return syncing != null;
    }

    void startJoining(Reply<JoinGroup.Response> reply) {
        joining = reply;
    }

    void startSyncing(Reply<SyncGroup.Response> reply) {
        syncing = reply;
    }

    /** Answers the join that waits, if one does. */
    void answerJoin(Step step, JoinGroup.Response response) {
        Reply<JoinGroup.Response> reply = joining;
        joining = null;
        if (reply != null) {
            step.answer(reply, response);
        }
    }

    /** Answers the sync that waits, if one does. */
    void answerSync(Step step, SyncGroup.Response response) {
        Reply<SyncGroup.Response> reply = syncing;
        syncing = null;
        if (reply != null) {
            step.answer(reply, response);
        }
    }

    void refuse(Step step, GroupError error) {
        answerJoin(step, JoinGroup.Response.refused(error, memberId));
        answerSync(step, SyncGroup.Response.refused(error));
    }
}
