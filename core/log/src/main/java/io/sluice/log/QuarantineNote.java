package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code quarantine} in a partition's folder: damage was found while the broker ran, and a restart must not
 * forget it (S2). Text for people, who delete it when they have decided. Blocks: for workers.
 */
final class QuarantineNote {
    static final String NAME = "quarantine";

    private static final Logger LOG = LoggerFactory.getLogger(QuarantineNote.class);

    private QuarantineNote() {}

    /** Leaves the note; without it the damage is found again some time after the next start. */
    static void leave(LogPlace place, LogFailure.Corrupt damage) {
        Path note = place.segments().folder().resolve(NAME);
        try {
            FileBytes.replace(
                    place.parts().disk(), note, ByteBuffer.wrap(damage.message().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.error("the quarantine could not be noted, a restart will forget it: file={}", note, e);
        }
    }

    /** What the note among a partition's files says, if there is one. */
    static Optional<LogFailure.Corrupt> read(Disk disk, Path folder, List<Disk.Entry> files) throws IOException {
        if (files.stream().noneMatch(file -> file.name().equals(NAME))) {
            return Optional.empty();
        }
        Path note = folder.resolve(NAME);
        String said =
                StandardCharsets.UTF_8.decode(FileBytes.readAll(disk, note)).toString();
        return Optional.of(new LogFailure.Corrupt(
                note, 0, "quarantined earlier (" + said + "); delete this file to have the log served again"));
    }
}
