package io.sluice.simulation;

import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Puts what the brokers log into the story of the simulation that this thread runs, at its simulated time. */
public final class StoryLogging implements SLF4JServiceProvider {
    private static final ThreadLocal<Simulation> CURRENT = new ThreadLocal<>();

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new BasicMDCAdapter();

    /** From now on this thread's log lines are part of this simulation. */
    static void to(Simulation simulation) {
        CURRENT.set(simulation);
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return StoryLogger::new;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}

    /** What is thrown to say that the process ends here is none, nor is what says that a disk or a peer failed. */
    private static boolean isDefect(@Nullable Throwable failure) {
        return failure instanceof NullPointerException
                || failure instanceof IllegalStateException
                || failure instanceof IllegalArgumentException
                || failure instanceof IndexOutOfBoundsException
                || failure instanceof ClassCastException
                || failure instanceof Error;
    }

    private static final class StoryLogger extends LegacyAbstractLogger implements Logger {
        private static final long serialVersionUID = 1L;

        StoryLogger(String className) {
            name = className.substring(className.lastIndexOf('.') + 1);
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return CURRENT.get() != null;
        }

        @Override
        public boolean isWarnEnabled() {
            return CURRENT.get() != null;
        }

        @Override
        public boolean isErrorEnabled() {
            return CURRENT.get() != null;
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String pattern,
                Object @Nullable [] arguments,
                @Nullable Throwable failure) {
            Simulation simulation = CURRENT.get();
            if (simulation != null) {
                String line = MessageFormatter.basicArrayFormat(pattern, arguments);
                simulation.say(
                        simulation.where(), level + " " + name + " " + line + (failure == null ? "" : ": " + failure));
                if (level == Level.ERROR && isDefect(failure)) {
                    simulation.defect(name + " logs: " + line + ": " + failure);
                }
            }
        }
    }
}
