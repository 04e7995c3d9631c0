package io.sluice.system.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.sluice.cluster.settings.Setting;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Nobody is misled by a setting: each one is read somewhere in the broker, itself or by the setting that falls back on
 * it, or takes a single value, or its documentation says that it has no effect yet.
 */
class SettingReadersTest {
    private static final String SETTINGS = "io.sluice.cluster.settings";
    /** Refuses settings that contradict each other, which is no effect. */
    private static final String COMPARES = "io.sluice.cluster.TopicRules";

    private final Map<String, Setting<?>> all = new TreeMap<>();
    private final Set<Setting<?>> read = new HashSet<>();

    SettingReadersTest() throws ReflectiveOperationException {
        JavaClasses broker = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(
                        SETTINGS, "io.sluice.cluster", "io.sluice.engine", "io.sluice.kafka", "io.sluice.server");
        for (JavaClass type : broker) {
            if (type.getPackageName().equals(SETTINGS) && type.getSimpleName().endsWith("Settings")) {
                for (JavaField field : type.getFields()) {
                    if (field.getRawType().isEquivalentTo(Setting.class)) {
                        add(field);
                    }
                }
            }
        }
    }

    private void add(JavaField field) throws ReflectiveOperationException {
        Setting<?> setting = (Setting<?>) field.reflect().get(null);
        all.put(field.getOwner().getSimpleName() + "." + field.getName(), setting);
        if (field.getAccessesToSelf().stream()
                .map(JavaFieldAccess::getOriginOwner)
                .anyMatch(reader -> !reader.getPackageName().equals(SETTINGS) && !COMPARES.equals(reader.getName()))) {
            markRead(setting);
        }
    }

    private void markRead(Setting<?> setting) {
        read.add(setting);
        setting.fallbacks().forEach(fallback -> markRead(fallback.setting()));
    }

    @Test
    void everySettingIsReadOrSaysThatItHasNoEffect() {
        assertThat(all).hasSizeGreaterThan(100);
        assertThat(all.entrySet().stream()
                        .filter(setting -> !read.contains(setting.getValue()))
                        .filter(setting -> !setting.getValue().isIdle())
                        .filter(setting -> !setting.getValue().validValues().startsWith("only "))
                        .map(Map.Entry::getKey))
                .as("settings that are taken and read nowhere")
                .isEmpty();
    }

    @Test
    void settingThatIsReadDoesNotSayThatItHasNoEffect() {
        assertThat(all.values().stream().filter(Setting::isIdle).filter(read::contains))
                .isEmpty();
    }
}
