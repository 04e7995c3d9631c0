package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderNameTest {
    @Property(tries = 2000)
    void anyNameStaysUnderItsRootAndIsFoundAgain(
            @ForAll @StringLength(max = 249) String topic,
            @ForAll @IntRange(min = 0) int partition,
            @ForAll long most,
            @ForAll long least) {
        LogId id = new LogId(new UUID(most, least), topic, partition);

        String name = FolderName.of(id);

        assertThat(name).matches("[A-Za-z0-9%_~-][A-Za-z0-9%_.~-]*");
        assertThat(name.length() + LogFiles.DELETED.length()).isLessThanOrEqualTo(255);
        Path root = Path.of("/data");
        assertThat(root.resolve(name).normalize().getParent()).isEqualTo(root);
        assertThat(FolderName.parse(name)).contains(id);
        boolean whole = !name.contains("~");
        String utf8 = new String(topic.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        if (whole) {
            assertThat(FolderName.parse(name).orElseThrow().topic()).isEqualTo(utf8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "..", ".", "", "a/b", "/", "a\\b", "naïve", "日本", "a-1.b", "%41", "~"})
    void awkwardNamesComeBackAsTheyWere(String topic) {
        LogId id = new LogId(new UUID(-1, 1), topic, 3);

        assertThat(FolderName.parse(FolderName.of(id)).orElseThrow().topic()).isEqualTo(topic);
    }

    @Test
    void otherNamesAreNotPartitions() {
        for (String name :
                new String[] {"", ".lock", "sluice.identity", "lost+found", "a-1", "a-1.xyz", "a-1.deleted"}) {
            assertThat(FolderName.parse(name)).as(name).isEmpty();
        }
        String valid = FolderName.of(new LogId(new UUID(1, 2), "t", 0));
        assertThat(FolderName.parse(valid + LogFiles.DELETED)).isEmpty();
        assertThat(FolderName.parse(valid.substring(1))).isPresent();
        assertThat(FolderName.parse(valid.replace("-0.", "-99999999999."))).isEmpty();
        assertThat(FolderName.parse("%4-0." + "0".repeat(32))).isEmpty();
    }
}
