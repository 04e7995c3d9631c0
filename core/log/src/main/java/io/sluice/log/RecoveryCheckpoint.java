package io.sluice.log;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From where each log of a data folder has to be recovered after a crash: file {@code recovery-checkpoint}. Its numbers
 * are lower bounds (S12), and each was true on disk before it is written here (S3). Without the file everything is
 * read.
 *
 * @param logs by name of their folder
 */
record RecoveryCheckpoint(Map<String, LogSummary> logs) {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryCheckpoint.class);
    private static final String NAME = "recovery-checkpoint";
    private static final int MAGIC = 0x534C5243;

    RecoveryCheckpoint {
        logs = Map.copyOf(logs);
    }

    static RecoveryCheckpoint of(List<LogSummary> summaries) {
        Map<String, LogSummary> logs = new HashMap<>();
        summaries.forEach(summary -> logs.put(summary.folderName(), summary));
        return new RecoveryCheckpoint(logs);
    }

    void write(Disk disk, Path dataFolder) throws IOException {
        CheckedFile.write(disk, dataFolder.resolve(NAME), MAGIC, LogSummary.VERSION, out -> {
            out.writeInt(logs.size());
            for (LogSummary summary : logs.values()) {
                summary.writeTo(out);
            }
        });
    }

    static RecoveryCheckpoint read(Disk disk, Path dataFolder) throws IOException {
        Path path = dataFolder.resolve(NAME);
        Optional<CheckedFile.Content> found = CheckedFile.read(disk, path, MAGIC, LogSummary.VERSION);
        if (found.isEmpty()) {
            if (disk.find(path).isPresent()) {
                LOG.warn("recovery checkpoint is damaged, all logs are read from their start: file={}", path);
            }
            return new RecoveryCheckpoint(Map.of());
        }
        Map<String, LogSummary> logs = new HashMap<>();
        try (DataInputStream in = found.get().body()) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                LogSummary summary = LogSummary.readFrom(in, found.get().version());
                logs.put(summary.folderName(), summary);
            }
        }
        return new RecoveryCheckpoint(logs);
    }
}
