package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpLogSegmentsTest {
    @Test
    void kafkasDumpToolReadsOurSegments(@TempDir Path folder) throws Exception {
        StoreFixture fixture = StoreFixture.open(new NioDisk(), folder);
        PartitionLog log = fixture.log();
        fixture.append(log, Batches.of(1_000, "plain-a", "plain-b"));
        for (Codec codec : Codec.values()) {
            fixture.append(log, Records.batch(codec, Batches.records(2_000, "packed-" + codec, "x".repeat(10_000))));
        }
        fixture.append(log, Batches.from(77, 3, 0, "idempotent"));
        Path segment = log.segments()[0].file().path();
        fixture.store.close();

        String dump = dump(segment);

        assertThat(dump)
                .contains("Log starting offset: 0", "payload: plain-a", "payload: packed-ZSTD", "payload: packed-LZ4")
                .contains("baseOffset: 12 lastOffset: 12", "producerId: 77 producerEpoch: 3")
                .contains("isvalid: true")
                .doesNotContain("isvalid: false")
                .doesNotContain("invalid bytes");
    }

    private static String dump(Path segment) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream standard = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            DumpLogSegments.main(new String[] {"--files", segment.toString(), "--deep-iteration", "--print-data-log"});
        } finally {
            System.setOut(standard);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
