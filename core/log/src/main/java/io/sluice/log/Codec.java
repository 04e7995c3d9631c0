package io.sluice.log;

/** How the records of a batch are compressed; the ordinal is the codec's number in a batch's attributes. */
public enum Codec {
    NONE,
    GZIP,
    SNAPPY,
    LZ4,
    ZSTD;

    private static final Codec[] BY_ID = values();

    /** Whether {@code id}, three bits of a batch's attributes, names a codec. */
    public static boolean exists(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    /** @throws IllegalArgumentException when there is no such codec */
    public static Codec of(int id) {
        if (!exists(id)) {
            throw new IllegalArgumentException("no compression codec has the number " + id);
        }
        return BY_ID[id];
    }
}
