package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Jars from Maven Central that only a benchmark needs (a peer broker, the profiler): resolved by Maven with a generated
 * pom, kept in the user's cache folder, never in the repository.
 */
record MavenArtifacts(String group, String artifact, String version) {
    private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

    /** The folder with this artifact's jar and all its run-time dependencies, fetched now if it is not there yet. */
    Path folder(Progress progress) throws IOException, InterruptedException {
        Path home = cache().resolve(artifact + "-" + version);
        Path done = home.resolve("complete");
        if (Files.exists(done)) {
            return home.resolve("lib");
        }
        progress.say("fetching " + artifact + " " + version + " from Maven Central into " + home);
        Files.createDirectories(home);
        Files.writeString(home.resolve("pom.xml"), pom());
        Path log = home.resolve("maven.log");
        Process maven = new ProcessBuilder(
                        mavenCommand(), "-B", "-ntp", COPY, "-DoutputDirectory=lib", "-DincludeScope=runtime")
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (maven.waitFor() != 0) {
            throw new BenchException("Maven could not fetch " + artifact + " " + version + "; see " + log);
        }
        Files.writeString(done, "");
        return home.resolve("lib");
    }

    private static Path cache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && !xdg.isBlank() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("sluice").resolve("peers");
    }

    private static String mavenCommand() {
        return Stream.of(Clone.root().map(root -> root.resolve("mvnw")))
                .flatMap(java.util.Optional::stream)
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse("mvn");
    }

    private String pom() {
        List<String> lines = List.of(
                "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">",
                "  <modelVersion>4.0.0</modelVersion>",
                "  <groupId>io.sluice.peer</groupId><artifactId>fetch</artifactId><version>1</version>",
                "  <packaging>pom</packaging>",
                "  <dependencies><dependency>",
                "    <groupId>" + group + "</groupId><artifactId>" + artifact + "</artifactId>",
                "    <version>" + version + "</version>",
                "  </dependency></dependencies>",
                "</project>");
        return String.join("\n", lines) + "\n";
    }
}
