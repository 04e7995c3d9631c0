package io.sluice.kafka;

/**
 * The request type in which brokers carry each other's messages about the cluster. It is Sluice's own: its key lies far
 * outside of Kafka's, and ApiVersions does not tell of it. What the message means is the business of core/cluster, which
 * puts a version into it.
 *
 * <pre>
 *   request   int32 length | int16 20001 | int16 version 0 | int32 correlation id | nullable string client id | message
 *   answer    int32 length | int32 correlation id | message
 * </pre>
 *
 * <p>Unlike Kafka's requests these are answered in any order, by correlation id: a poll that waits for news must not hold
 * up a change of in-sync replicas behind it, and with one connection for all, its end tells at once that a broker is gone.
 */
public final class PeerFormat {
    public static final short API_KEY = 20_001;
    public static final short VERSION = 0;
    /** The largest message, either way: the image of a cluster with some hundred thousand partitions fits. */
    public static final int MAX_MESSAGE_BYTES = 64 << 20;

    /** The fixed part of a request, with an empty client id. */
    public static final int REQUEST_HEADER_BYTES = RequestHeader.FIXED_BYTES + Short.BYTES;

    public static final int ANSWER_HEADER_BYTES = Integer.BYTES;

    private PeerFormat() {}
}
