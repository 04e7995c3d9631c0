package io.sluice.cluster;

import java.util.List;
import java.util.UUID;

/**
 * What a node asks the controller, or the controller a node.
 *
 * <pre>
 * format     1 byte; readers refuse a newer one
 * kind       1 byte
 * sender     struct: cluster id, controller epoch, broker id, broker epoch
 * body       by kind; what follows the known fields is skipped
 * </pre>
 */
sealed interface PeerRequest {
    int FORMAT = 1;

    Sender sender();

    /**
     * Who asks, and whom it means.
     *
     * @param controllerEpoch the term that the request is meant for (R18)
     */
    record Sender(String clusterId, int controllerEpoch, Asker asker) {}

    /**
     * Asks for what came after an image, and to wait for it.
     *
     * @param had the image that the sender has; {@link ImageVersion#NONE} asks for all there is
     * @param maxWaitMs after how long without news an answer shall come all the same
     */
    record Poll(Sender sender, ImageVersion had, int maxWaitMs) implements PeerRequest {}

    /**
     * A call of {@link Cluster}, carried to the controller.
     *
     * @param number of the {@link ClusterCall}
     * @param body its request
     */
    record Call(Sender sender, int number, byte[] body) implements PeerRequest {}

    /**
     * A controller asks how far logs go.
     *
     * @param brokerEpoch the registration of the broker that is meant
     */
    record LogEnds(Sender sender, long brokerEpoch, List<Replica> replicas) implements PeerRequest {}

    /** One partition's log on the broker that is asked. */
    record Replica(UUID topicId, int partition) {}

    static byte[] write(PeerRequest request) {
        PeerWriter out = new PeerWriter();
        out.u8(FORMAT);
        if (request instanceof Poll) {
            out.u8(Kinds.POLL);
        } else {
            out.u8(request instanceof Call ? Kinds.CALL : Kinds.LOG_ENDS);
        }
        Kinds.SENDER.write(out, request.sender());
        if (request instanceof Poll poll) {
            ImageFormats.VERSION.write(out, poll.had());
            out.int32(poll.maxWaitMs());
        } else if (request instanceof Call call) {
            out.u8(call.number());
            out.blob(call.body());
        } else if (request instanceof LogEnds ends) {
            out.int64(ends.brokerEpoch());
            PeerFormat.list(Kinds.REPLICA).write(out, ends.replicas());
        }
        return out.toBytes();
    }

    static PeerRequest read(byte[] bytes) {
        PeerReader in = new PeerReader(bytes);
        int format = in.u8();
        if (format > FORMAT) {
            throw new MalformedMessageException(
                    "it is in format " + format + " of a newer Sluice; this one reads up to " + FORMAT);
        }
        int kind = in.u8();
        Sender sender = Kinds.SENDER.read(in);
        return switch (kind) {
            case Kinds.POLL -> new Poll(sender, ImageFormats.VERSION.read(in), in.int32());
            case Kinds.CALL -> new Call(sender, in.u8(), in.blob());
            case Kinds.LOG_ENDS ->
                new LogEnds(sender, in.int64(), PeerFormat.list(Kinds.REPLICA).read(in));
            default -> throw new MalformedMessageException("unknown kind of request " + kind);
        };
    }

    /** The bytes that tell requests apart. */
    final class Kinds {
        static final int POLL = 1;
        static final int CALL = 2;
        static final int LOG_ENDS = 3;

        static final PeerFormat<Replica> REPLICA = PeerFormat.of(
                (out, replica) -> {
                    out.uuid(replica.topicId());
                    out.int32(replica.partition());
                },
                in -> new Replica(in.uuid(), in.int32()));

        static final PeerFormat<Sender> SENDER = PeerFormat.struct(
                (out, sender) -> {
                    out.text(sender.clusterId());
                    out.int32(sender.controllerEpoch());
                    out.int32(sender.asker().brokerId());
                    out.int64(sender.asker().brokerEpoch());
                },
                in -> new Sender(in.text(), in.int32(), new Asker(in.int32(), in.int64())));

        private Kinds() {}
    }
}
