package io.sluice.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Sets up logging in code, which starts faster than reading a file: one line per event on standard error. A
 * {@code logback.xml} named by the system property {@code logback.configurationFile} takes its place, and so does one on
 * the class path where the broker runs in somebody else's JVM, whose logging is not ours to set up.
 * {@code SLUICE_LOG_LEVEL} sets the level.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n%ex";
    private static final String ZOOKEEPER = "org.apache.zookeeper";
    /**
     * What the embedded server says, with a stack trace, whenever its disk fails it or another member of its ensemble
     * is gone, and the client of one that speaks TLS: we say it once, in a line.
     */
    private static final List<String> SAID_BY_US = List.of(
            "org.apache.zookeeper.server.ZooKeeperCriticalThread",
            "org.apache.zookeeper.server.persistence.Util",
            "org.apache.zookeeper.server.quorum",
            "org.apache.zookeeper.ClientCnxnSocketNetty");

    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");
    private static final List<String> FILES = List.of("logback-test.xml", "logback.xml");
    /** Libraries speak up when something is wrong. */
    private static final Map<String, Level> LIBRARIES =
            Map.of(ZOOKEEPER, Level.ERROR, "org.apache.kafka", Level.WARN, "io.netty", Level.WARN);

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        // The launcher's JVM has no such files, and to look through all its jars for them would take time at each
        // start.
        boolean launched = System.getProperty("sluice.command") != null;
        if (!launched && isConfiguredIn(LogSetup.class.getClassLoader())) {
            // But for the embedded ZooKeeper, which is ours and talks a lot; a level in the file still wins.
            context.getLogger(ZOOKEEPER).setLevel(LIBRARIES.get(ZOOKEEPER));
            SAID_BY_US.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        LIBRARIES.forEach((name, level) -> context.getLogger(name).setLevel(level));
        SAID_BY_US.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        String wanted = System.getenv().getOrDefault("SLUICE_LOG_LEVEL", "INFO").strip();
        Optional<Level> level = levelOf(wanted);
        root.setLevel(level.orElse(Level.INFO));
        if (level.isEmpty()) {
            context.getLogger(LogSetup.class).warn("{}", complaintAbout(wanted));
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** The level called {@code name}, in any case. */
    static Optional<Level> levelOf(String name) {
        return LEVELS.contains(name.toUpperCase(Locale.ROOT)) ? Optional.of(Level.toLevel(name)) : Optional.empty();
    }

    static String complaintAbout(String name) {
        return "SLUICE_LOG_LEVEL is '" + name + "', which is no level; INFO is taken; there are "
                + String.join(", ", LEVELS);
    }

    /** Whether the class path has one of the files by which Logback is usually set up. */
    static boolean isConfiguredIn(ClassLoader classPath) {
        return FILES.stream().anyMatch(file -> classPath.getResource(file) != null);
    }
}
