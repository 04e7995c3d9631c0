package io.sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The {@code sluice} script in an unpacked distribution of a test's own: it looks for JDKs only where the test put some,
 * builds nothing, and finds no more programs than it needs.
 */
final class LauncherScript {
    private static final List<String> PROGRAMS = List.of("sh", "dirname", "readlink", "sed", "head", "mkdir", "rm");

    private final Path folder;
    private final Path jdks;
    private final Path bin;
    private final Path script;

    LauncherScript(Path folder) throws IOException {
        this.folder = folder;
        this.jdks = Files.createDirectories(folder.resolve("jvm"));
        this.bin = Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("home"));
        Files.createDirectories(folder.resolve("lib"));
        for (String program : PROGRAMS) {
            Files.createSymbolicLink(bin.resolve(program), onPath(program));
        }
        String text = Files.readString(source());
        this.script = Files.writeString(folder.resolve("sluice"), text.replace("/usr/lib/jvm/", jdks + "/"));
    }

    /** The script in the sources. */
    static Path source() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve("sluice")) && Files.isRegularFile(at.resolve("mvnw"))) {
                return at.resolve("sluice");
            }
        }
        throw new IllegalStateException("the script is not above " + Path.of("").toAbsolutePath());
    }

    /** Where a program lies, first of all in the folders that every Unix has. */
    static Path onPath(String program) {
        List<String> folders = new ArrayList<>(List.of("/bin", "/usr/bin"));
        folders.addAll(List.of(System.getenv("PATH").split(":")));
        return folders.stream()
                .map(at -> Path.of(at, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + program + " here"));
    }

    /** A folder like a JDK's, whose {@code java} prints where it lies and what it was given. */
    Path jdk(String name, String version) throws IOException {
        return jdkIn(jdks.resolve(name), version);
    }

    Path jdkIn(Path home, String version) throws IOException {
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"$0 $*\"\n");
        java.toFile().setExecutable(true);
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /** Runs the script under a shell, to its end. */
    Run run(String shell, Map<String, String> environment, String... arguments) throws Exception {
        Process process = start(shell, environment, arguments);
        process.getOutputStream().close();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("the script did not end");
        }
        return new Run(process.exitValue(), Files.readString(out()), Files.readString(err()));
    }

    Process start(String shell, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(onPath(shell).toString(), script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out().toFile())
                .redirectError(err().toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", bin.toString(), "HOME", folder.resolve("home").toString(), "SLUICE_ARCHIVE", "never"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Makes the script start the classes of this JVM, on its JDK. */
    Map<String, String> real() throws IOException {
        StringBuilder manifest = new StringBuilder("Manifest-Version: 1.0\n");
        StringBuilder line = new StringBuilder("Class-Path:");
        for (String entry : System.getProperty("java.class.path").split(":")) {
            line.append(' ').append(Path.of(entry).toUri());
        }
        // A manifest's lines have at most 72 bytes; those after the first begin with a space.
        manifest.append(line, 0, Math.min(70, line.length())).append('\n');
        for (int at = 70; at < line.length(); at += 70) {
            manifest.append(' ')
                    .append(line, at, Math.min(at + 70, line.length()))
                    .append('\n');
        }
        try (var jar = new java.util.jar.JarOutputStream(Files.newOutputStream(folder.resolve("lib/classes.jar")))) {
            jar.putNextEntry(new java.util.zip.ZipEntry("META-INF/MANIFEST.MF"));
            jar.write(manifest.toString().getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        return Map.of("SLUICE_JAVA_HOME", System.getProperty("java.home"));
    }

    Path out() {
        return folder.resolve("out");
    }

    Path err() {
        return folder.resolve("err");
    }

    Path jdks() {
        return jdks;
    }

    Path home() {
        return folder.resolve("home");
    }

    Path bin() {
        return bin;
    }

    record Run(int status, String out, String err) {}
}
