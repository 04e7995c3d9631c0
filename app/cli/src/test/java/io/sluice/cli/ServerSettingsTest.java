package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.settings.BrokerSettings;
import io.sluice.cluster.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerSettingsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void flagsWinOverEnvironmentAndEnvironmentOverFile() throws IOException {
        Path file =
                Files.writeString(folder.resolve("server.properties"), "node.id=1\nnum.partitions=1\nlog.dirs=/file\n");

        Map<String, String> values = new ServerSettings()
                .file(file)
                .environment(Map.of("SLUICE_NUM_PARTITIONS", "2", "SLUICE_LOG_DIRS", "/env", "PATH", "/bin"))
                .flags(Map.of("log.dirs", "/flag"))
                .values();

        assertThat(values).isEqualTo(Map.of("node.id", "1", "num.partitions", "2", "log.dirs", "/flag"));
    }

    @Test
    void everySettingHasAnEnvironmentVariableOfItsOwn() {
        List<String> variables = BrokerSettings.ALL.all().stream()
                .map(Setting::name)
                .map(ServerSettings::variableOf)
                .toList();

        assertThat(variables).doesNotHaveDuplicates().allMatch(name -> name.matches("SLUICE_[A-Z0-9_]+"));
    }

    @Test
    void launchersVariablesAreNoSettings() {
        Map<String, String> launcher = Map.of(
                "SLUICE_HEAP", "1g", "SLUICE_OPTS", "-Da=b", "SLUICE_BOOTSTRAP", "a:1", "SLUICE_JAVA_HOME", "/jdk");

        assertThat(new ServerSettings().environment(launcher).values()).isEmpty();
    }

    @Test
    void unknownSettingIsRefusedWithTheNearestAndWhereItStands() throws IOException {
        Path file = Files.writeString(folder.resolve("server.properties"), "num.partition=3\n");

        assertThatThrownBy(() -> new ServerSettings().file(file))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("num.partition;")
                .hasMessageContaining("did you mean num.partitions?")
                .hasMessageContaining(file.toString());
    }

    @Test
    void illTypedSettingIsRefusedWithItsValue() {
        assertThatThrownBy(() -> new ServerSettings().environment(Map.of("SLUICE_NUM_PARTITIONS", "many")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("num.partitions")
                .hasMessageContaining("many")
                .hasMessageContaining("the environment");
    }

    @Test
    void fileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> new ServerSettings().file(folder.resolve("nix")))
                .hasMessageContaining("nix: no such file");
    }
}
