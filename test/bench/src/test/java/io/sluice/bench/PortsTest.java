package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void noPortIsInTwoRows() throws Exception {
        int[] firsts = Ports.rows(20, 4);

        int[] all = Arrays.stream(firsts)
                .flatMap(first -> IntStream.range(first, first + 4))
                .toArray();
        assertThat(all).doesNotHaveDuplicates().hasSize(80);
    }
}
