package io.sluice.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EpochChainTest {
    @Test
    void r14ChainCoversItsMembersAndNothingBetweenThem() {
        EpochChain chain = EpochChain.of(10).then(30);

        assertThat(chain.covers(10)).isTrue();
        assertThat(chain.covers(30)).isTrue();
        assertThat(chain.covers(20)).as("perhaps of another data folder").isFalse();
        assertThat(chain.latest()).hasValue(30);
    }

    @Test
    void chainForgetsTheOldestAtItsBound() {
        EpochChain chain = EpochChain.NONE;
        for (long epoch = 1; epoch <= EpochChain.MAX_EPOCHS + 1; epoch++) {
            chain = chain.then(epoch);
        }

        assertThat(chain.epochs()).hasSize(EpochChain.MAX_EPOCHS).startsWith(2L);
    }

    @Test
    void registrationThatIsToldTwiceIsOneLink() {
        assertThat(EpochChain.of(1).then(2).then(2).epochs()).containsExactly(1L, 2L);
    }

    @Test
    void twoChainsProveWhatBothProve() {
        EpochChain one = new EpochChain(List.of(1L, 2L, 3L));

        assertThat(one.and(new EpochChain(List.of(2L, 3L, 4L))).epochs()).containsExactly(2L, 3L);
        assertThat(one.and(EpochChain.of(7)).isNone()).isTrue();
    }
}
