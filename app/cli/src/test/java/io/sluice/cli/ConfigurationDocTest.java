package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/configuration.md} what the code says; {@code -Dsluice.docs.write=true} writes it anew. */
class ConfigurationDocTest {
    private static final Path PAGE = Path.of("../../docs/configuration.md");

    @Test
    void configurationPageSaysWhatTheCodeSays() throws IOException {
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(PAGE, SettingsPage.text());
        }

        assertThat(PAGE)
                .as("docs/configuration.md is generated; its first lines say how")
                .content()
                .isEqualTo(SettingsPage.text());
    }
}
