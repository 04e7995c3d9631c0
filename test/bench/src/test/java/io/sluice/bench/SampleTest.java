package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void medianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Sample.of(List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5.0);
    }

    @Test
    void medianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Sample.of(List.of(4.0, 1.0, 100.0, 2.0)).median()).isEqualTo(3.0);
    }

    @Test
    void nothingMeasuredHasNoMedian() {
        assertThat(Sample.of(List.of()).median()).isNaN();
    }

    @Test
    void rangeIsFromTheLeastToTheGreatest() {
        Sample sample = Sample.of(List.of(3.0, 1.0, 2.0));

        assertThat(List.of(sample.min(), sample.max())).containsExactly(1.0, 3.0);
    }
}
