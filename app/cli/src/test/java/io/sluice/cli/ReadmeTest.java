package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.SluiceBroker;
import io.sluice.testkit.SluiceTest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's program does what the README says. */
@SluiceTest
@Timeout(120)
class ReadmeTest {
    private static final Path README = Path.of("../../README.md");

    @Test
    void programOfTheReadmeRuns(SluiceBroker broker, @TempDir Path folder) throws Exception {
        Path program = Files.writeString(folder.resolve("Trial.java"), javaBlock());
        Path output = folder.resolve("output");

        Process run = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.toString(),
                        broker.bootstrapServers()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(run.waitFor()).as(Files.readString(output)).isZero();
        assertThat(output).content().contains("stored as greetings-0@0", "read key=hello");
    }

    @Test
    void pagesThatTheReadmeNamesAreThere() throws IOException {
        Matcher links = Pattern.compile("]\\(([^)#:]+)\\)").matcher(Files.readString(README));
        List<String> targets = links.results().map(link -> link.group(1)).toList();

        assertThat(targets).isNotEmpty().allSatisfy(target -> assertThat(new File("../..", target))
                .exists());
    }

    private static String javaBlock() throws IOException {
        Matcher block = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        assertThat(block.find()).as("a Java program in the README").isTrue();
        return block.group(1);
    }
}
