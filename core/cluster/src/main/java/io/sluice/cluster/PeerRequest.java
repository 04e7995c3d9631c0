package io.sluice.cluster;

/**
 * What a node asks the controller.
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

    static byte[] write(PeerRequest request) {
        PeerWriter out = new PeerWriter();
        out.u8(FORMAT);
        out.u8(request instanceof Poll ? Kinds.POLL : Kinds.CALL);
        Kinds.SENDER.write(out, request.sender());
        if (request instanceof Poll poll) {
            ImageFormats.VERSION.write(out, poll.had());
            out.int32(poll.maxWaitMs());
        } else if (request instanceof Call call) {
            out.u8(call.number());
            out.blob(call.body());
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
            default -> throw new MalformedMessageException("unknown kind of request " + kind);
        };
    }

    /** The bytes that tell requests apart. */
    final class Kinds {
        static final int POLL = 1;
        static final int CALL = 2;

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
