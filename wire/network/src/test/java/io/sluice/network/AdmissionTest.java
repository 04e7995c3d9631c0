package io.sluice.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AdmissionTest {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private final InetAddress here = address(1);
    private final InetAddress there = address(2);

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private Admission admission(int rate) {
        return new Admission(
                new ConnectionLimits(5, 2, 600_000, 60_000, 1_000, 10_000, 4, 10_000, rate, Map.of(there, 3)));
    }

    @Test
    void anAddressWithALimitOfItsOwnHasThatOne() {
        Admission admission = admission(Integer.MAX_VALUE);
        assertThat(admission.admit(here, 0)).isTrue();
        assertThat(admission.admit(here, 0)).isTrue();
        assertThat(admission.admit(here, 0)).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(admission.admit(there, 0)).isTrue();
        }
        assertThat(admission.admit(there, 0)).isFalse();
    }

    @Test
    void connectionsBeyondTheTotalAreRefusedUntilOneLeaves() {
        Admission admission = admission(Integer.MAX_VALUE);
        for (int i = 1; i <= 5; i++) {
            assertThat(admission.admit(address(10 + i), 0)).isTrue();
        }
        assertThat(admission.admit(here, 0)).isFalse();
        admission.leave(address(11));
        assertThat(admission.admit(here, 0)).isTrue();
    }

    @Test
    void acceptingPausesWhenMoreComeInASecondThanTheRate() {
        Admission admission = admission(10);
        for (int i = 0; i < 10; i++) {
            assertThat(admission.pauseNanos(0)).isZero();
        }
        assertThat(admission.pauseNanos(0)).isEqualTo(SECOND_NANOS / 10);
        assertThat(admission.pauseNanos(5 * SECOND_NANOS)).isZero();
    }

    @Test
    void linesAboutClientsAreLimitedByTheSecond() {
        Complaints complaints = new Complaints();
        int lines = 0;
        for (int i = 0; i < 1_000; i++) {
            lines += complaints.mayLog(LoggerFactory.getLogger("test"), 0) ? 1 : 0;
        }
        assertThat(lines).isEqualTo(Complaints.LINES_PER_SECOND);
        assertThat(complaints.mayLog(LoggerFactory.getLogger("test"), SECOND_NANOS))
                .isTrue();
    }
}
