package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogSetupTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"logback.xml", "logback-test.xml"})
    void loggingThatTheProgramAroundTheBrokerSetUpIsLeftAlone(String file) throws Exception {
        Files.writeString(folder.resolve(file), "<configuration/>");

        try (URLClassLoader classPath =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            assertThat(LogSetup.isConfiguredIn(classPath)).isTrue();
        }
    }

    @Test
    void programWithoutLoggingGetsOurs() throws Exception {
        try (URLClassLoader classPath =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            assertThat(LogSetup.isConfiguredIn(classPath)).isFalse();
        }
    }
}
