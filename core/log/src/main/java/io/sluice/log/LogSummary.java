package io.sluice.log;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a data folder's checkpoint says about one log.
 *
 * @param id whose
 * @param folderName name of its folder
 * @param startOffset its start, at least
 * @param flushed how far it is on disk, at least
 * @param epochs its leader epochs
 * @param highWatermark its high watermark, at least
 * @param cutTo see {@link LogState#cutTo}
 */
record LogSummary(
        LogId id,
        String folderName,
        long startOffset,
        FlushPoint flushed,
        LeaderEpochs epochs,
        long highWatermark,
        long cutTo) {
    /** The format as written; in format 1 the last two fields were missing. */
    static final int VERSION = 2;

    void writeTo(DataOutputStream out) throws IOException {
        out.writeLong(id.topicId().getMostSignificantBits());
        out.writeLong(id.topicId().getLeastSignificantBits());
        out.writeUTF(id.topic());
        out.writeInt(id.partition());
        out.writeUTF(folderName);
        out.writeLong(startOffset);
        LogPosition position = flushed.position();
        out.writeLong(position.offset());
        out.writeLong(position.segmentBase());
        out.writeLong(position.bytes());
        out.writeLong(flushed.maxTimestamp());
        out.writeLong(flushed.startedMs());
        out.writeBoolean(flushed.noProducers());
        out.writeInt(epochs.entries().size());
        for (EpochStart entry : epochs.entries()) {
            out.writeInt(entry.epoch());
            out.writeLong(entry.startOffset());
        }
        out.writeLong(highWatermark);
        out.writeLong(cutTo);
    }

    static LogSummary readFrom(DataInputStream in, int version) throws IOException {
        UUID topicId = new UUID(in.readLong(), in.readLong());
        LogId id = new LogId(topicId, in.readUTF(), in.readInt());
        String folderName = in.readUTF();
        long startOffset = in.readLong();
        LogPosition position = new LogPosition(in.readLong(), in.readLong(), in.readLong());
        FlushPoint flushed = new FlushPoint(position, in.readLong(), in.readLong(), in.readBoolean());
        int count = in.readInt();
        List<EpochStart> epochs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            epochs.add(new EpochStart(in.readInt(), in.readLong()));
        }
        long highWatermark = version == 1 ? 0 : in.readLong();
        long cutTo = version == 1 ? LogState.NEVER_CUT : in.readLong();
        return new LogSummary(id, folderName, startOffset, flushed, new LeaderEpochs(epochs), highWatermark, cutTo);
    }
}
