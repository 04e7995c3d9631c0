package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLevelTest {
    @ParameterizedTest
    @ValueSource(strings = {"DEBUG", "debug", "Debug"})
    void levelIsKnownInAnyCase(String name) {
        assertThat(LogSetup.levelOf(name)).hasValue(Level.DEBUG);
    }

    @Test
    void complaintAboutAnUnknownLevelNamesItAndThoseThatThereAre() {
        assertThat(LogSetup.levelOf("VERBOSE")).isEmpty();
        assertThat(LogSetup.complaintAbout("VERBOSE"))
                .isEqualTo("SLUICE_LOG_LEVEL is 'VERBOSE', which is no level; INFO is taken; there are"
                        + " TRACE, DEBUG, INFO, WARN, ERROR, OFF");
    }
}
