package io.sluice.cluster;

import java.util.List;

/**
 * What the controller, or who was taken for it, answers. Begins with the format and the kind, one byte each. An answer
 * is at most {@link #MAX_BYTES} long, which a snapshot of some two million partitions would reach.
 */
sealed interface PeerAnswer {
    int MAX_BYTES = 64 * 1024 * 1024;

    /** The whole image, as the events that make it out of an empty one. */
    record Snapshot(ImageVersion version, List<ImageEvent> events) implements PeerAnswer {}

    /** The changes that came after the image that the poll named, in order; none when there was no news. */
    record Delta(ImageVersion from, List<Step> steps) implements PeerAnswer {}

    /** One version's events; the version is that of the step before it plus one. */
    record Step(List<ImageEvent> events) {}

    /** The answer of a {@link ClusterCall}; {@code version} is of an image that shows what it did. */
    record Called(ImageVersion version, byte[] body) implements PeerAnswer {}

    /** How far the logs go that a controller asked about, in its order, under this registration. */
    record LogEnds(long brokerEpoch, List<LogEnd> ends) implements PeerAnswer {}

    /** The request was meant for another controller or another term; nothing was done. */
    record NotController() implements PeerAnswer {}

    /** The request can't be served; asking again will not help. */
    record Refused(String why) implements PeerAnswer {}

    static byte[] write(PeerAnswer answer) {
        PeerWriter out = new PeerWriter();
        out.u8(PeerRequest.FORMAT);
        if (answer instanceof Snapshot snapshot) {
            out.u8(Kinds.SNAPSHOT);
            ImageFormats.VERSION.write(out, snapshot.version());
            ImageFormats.EVENTS.write(out, snapshot.events());
        } else if (answer instanceof Delta delta) {
            return writeDelta(
                    delta.from(),
                    delta.steps().stream().map(step -> writeStep(step.events())).toList());
        } else if (answer instanceof Called called) {
            out.u8(Kinds.CALLED);
            ImageFormats.VERSION.write(out, called.version());
            out.blob(called.body());
        } else if (answer instanceof LogEnds ends) {
            out.u8(Kinds.LOG_ENDS);
            out.int64(ends.brokerEpoch());
            PeerFormat.list(Kinds.LOG_END).write(out, ends.ends());
        } else if (answer instanceof NotController) {
            out.u8(Kinds.NOT_CONTROLLER);
        } else if (answer instanceof Refused refused) {
            out.u8(Kinds.REFUSED);
            out.text(refused.why());
        }
        return out.toBytes();
    }

    /** A delta out of steps that were written before, once for all who ask for them. */
    static byte[] writeDelta(ImageVersion from, List<byte[]> steps) {
        PeerWriter out = new PeerWriter();
        out.u8(PeerRequest.FORMAT);
        out.u8(Kinds.DELTA);
        ImageFormats.VERSION.write(out, from);
        out.count(steps.size());
        steps.forEach(out::blob);
        return out.toBytes();
    }

    static byte[] writeStep(List<ImageEvent> events) {
        PeerWriter out = new PeerWriter();
        ImageFormats.EVENTS.write(out, events);
        return out.toBytes();
    }

    static PeerAnswer read(byte[] bytes) {
        try {
            return read(new PeerReader(bytes));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("it holds what can't be: " + e.getMessage());
        }
    }

    private static PeerAnswer read(PeerReader in) {
        int format = in.u8();
        if (format > PeerRequest.FORMAT) {
            throw new MalformedMessageException(
                    "it is in format " + format + " of a newer Sluice; this one reads up to " + PeerRequest.FORMAT);
        }
        int kind = in.u8();
        return switch (kind) {
            case Kinds.SNAPSHOT -> new Snapshot(ImageFormats.VERSION.read(in), ImageFormats.EVENTS.read(in));
            case Kinds.DELTA ->
                new Delta(
                        ImageFormats.VERSION.read(in),
                        PeerFormat.list(Kinds.STEP).read(in));
            case Kinds.CALLED -> new Called(ImageFormats.VERSION.read(in), in.blob());
            case Kinds.LOG_ENDS ->
                new LogEnds(in.int64(), PeerFormat.list(Kinds.LOG_END).read(in));
            case Kinds.NOT_CONTROLLER -> new NotController();
            case Kinds.REFUSED -> new Refused(in.text());
            default -> throw new MalformedMessageException("unknown kind of answer " + kind);
        };
    }

    /** The bytes that tell answers apart. */
    final class Kinds {
        static final int SNAPSHOT = 1;
        static final int DELTA = 2;
        static final int CALLED = 3;
        static final int NOT_CONTROLLER = 4;
        static final int REFUSED = 5;
        static final int LOG_ENDS = 6;

        static final PeerFormat<LogEnd> LOG_END = PeerFormat.of(
                (out, end) -> {
                    out.int32(end.lastEpoch());
                    out.int64(end.endOffset());
                },
                in -> new LogEnd(in.int32(), in.int64()));

        static final PeerFormat<Step> STEP = PeerFormat.struct(
                (out, step) -> ImageFormats.EVENTS.write(out, step.events()),
                in -> new Step(ImageFormats.EVENTS.read(in)));

        private Kinds() {}
    }
}
