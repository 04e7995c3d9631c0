package io.sluice.cli;

import java.lang.management.ManagementFactory;
import java.util.List;

/** Looks at the JVM that the launcher has chosen, which is the one that a server would run on. */
final class JvmCheck {
    private static final int OLDEST = 17;
    private static final int PREFERRED = 25;

    List<Finding> run() {
        return List.of(version(Runtime.version().feature()), archive());
    }

    private static Finding version(int feature) {
        String text = System.getProperty("java.version") + " in " + System.getProperty("java.home");
        if (feature < OLDEST) {
            return Finding.fail("java", text, "install a JDK " + OLDEST + " or later");
        }
        return feature < PREFERRED
                ? Finding.ok("java", text + "; " + PREFERRED + " would start quicker and need less memory")
                : Finding.ok("java", text);
    }

    private static Finding archive() {
        boolean used = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .anyMatch(argument ->
                        argument.startsWith("-XX:AOTCache=") || argument.startsWith("-XX:SharedArchiveFile="));
        return used
                ? Finding.ok("class archive", "in use")
                : Finding.warn(
                        "class archive",
                        "none for this JDK: commands start slowly",
                        "delete app/cli/target/launcher and start again");
    }
}
