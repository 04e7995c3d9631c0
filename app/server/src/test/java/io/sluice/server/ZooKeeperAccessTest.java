package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.settings.BrokerSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.zookeeper.Access;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperAccessTest {
    @TempDir
    Path folder;

    @Test
    void nothingSaidIsAnOpenEnsemble() throws StartupException {
        assertThat(access(Map.of(), true)).isEqualTo(Access.OPEN);
    }

    @Test
    void kafkasNamesAreUnderstood() throws Exception {
        Path trust = Files.createFile(folder.resolve("trust.jks"));
        Map<String, String> settings = new HashMap<>();
        settings.put("zookeeper.ssl.client.enable", "true");
        settings.put("zookeeper.ssl.truststore.location", trust.toString());
        settings.put("zookeeper.ssl.truststore.password", "changeit");
        settings.put("zookeeper.ssl.enabled.protocols", "TLSv1.3,TLSv1.2");
        settings.put("zookeeper.ssl.endpoint.identification.algorithm", "");
        settings.put("sluice.zookeeper.digest", "sluice:secret");

        assertThat(access(settings, true))
                .isEqualTo(new Access(
                        Optional.of("sluice:secret"),
                        Optional.of(new Access.Tls(
                                Optional.of(new Access.Store(trust, Optional.of("changeit"), Optional.empty())),
                                Optional.empty(),
                                "TLSv1.2",
                                List.of("TLSv1.3", "TLSv1.2"),
                                List.of(),
                                false))));
    }

    @Test
    void tlsToTheEmbeddedServerIsRefused() {
        assertThatThrownBy(() -> access(Map.of("zookeeper.ssl.client.enable", "true"), false))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("speaks no TLS");
    }

    @Test
    void fileThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing.p12");

        assertThatThrownBy(() -> access(
                        Map.of(
                                "zookeeper.ssl.client.enable",
                                "true",
                                "zookeeper.ssl.keystore.location",
                                missing.toString()),
                        true))
                .isInstanceOf(StartupException.class)
                .hasMessage("zookeeper.ssl.keystore.location is " + missing + ", which cannot be read");
    }

    @Test
    void digestWithoutUserIsRefusedAndNotShown() {
        assertThatThrownBy(() -> access(Map.of("sluice.zookeeper.digest", "secret"), true))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("user:password")
                .hasMessageNotContaining("secret");
    }

    private static Access access(Map<String, String> values, boolean given) throws StartupException {
        BrokerSettings.ALL.check(values);
        return ZooKeeperAccess.of(SettingLayers.ofStatic(values), given);
    }
}
