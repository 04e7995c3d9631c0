package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class LinesPropertyTest {
    @Property(tries = 200)
    void lineKeepsItsBytesWhateverTheyAre(@ForAll @Size(max = 300) byte[] anything) throws IOException {
        byte[] line = new String(anything, StandardCharsets.ISO_8859_1)
                .replace("\n", "")
                .replace("\r", "")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] input = Arrays.copyOf(line, line.length + 1);
        input[line.length] = '\n';

        assertThat(new Lines(new ByteArrayInputStream(input)).next()).isEqualTo(line);
    }
}
