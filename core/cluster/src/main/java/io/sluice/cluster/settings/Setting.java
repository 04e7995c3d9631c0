package io.sluice.cluster.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One setting: what it is called, what it takes, and what holds when nobody sets it. Immutable; compared by identity.
 *
 * <p>A setting may fall back on others: a topic's retention.ms on the broker's log.retention.ms, and that on
 * log.retention.minutes and log.retention.hours, each with its conversion.
 *
 * @param <T> what its text is parsed to
 */
public final class Setting<T> {
    /** Another setting that holds where this one is not set. */
    public record Fallback<S, T>(Setting<S> setting, Function<S, T> convert) {
        T convertRaw(String raw) {
            return convert.apply(setting.parse(raw));
        }
    }

    private final String name;
    private final SettingDomain domain;
    private final SettingType type;
    private final Parser<T> parser;
    private final Optional<T> defaultValue;
    private final Limit<? super T> limit;
    private final Change change;
    private final String doc;
    private final boolean idle;
    private final List<Fallback<?, T>> fallbacks;

    private Setting(Draft<T> draft) {
        this.name = draft.name;
        this.domain = draft.domain;
        this.type = draft.parser.type();
        this.parser = draft.parser;
        this.defaultValue = draft.defaultValue;
        this.limit = draft.limit;
        this.change = draft.change;
        this.doc = draft.doc
                + draft.whyIdle.map(why -> " No effect yet: " + why + ".").orElse("");
        this.idle = draft.whyIdle.isPresent();
        this.fallbacks = List.copyOf(draft.fallbacks);
    }

    static <T> Draft<T> define(SettingDomain domain, String name, Parser<T> parser) {
        return new Draft<>(domain, name, parser);
    }

    public String name() {
        return name;
    }

    public SettingDomain domain() {
        return domain;
    }

    public SettingType type() {
        return type;
    }

    /** What holds when neither this setting nor one that it falls back on is set; empty if a fallback's default holds. */
    public Optional<T> defaultValue() {
        return defaultValue;
    }

    public Change change() {
        return change;
    }

    public String doc() {
        return doc;
    }

    /** Whether it is taken and kept and does nothing so far, which {@link #doc} says with the reason. */
    public boolean isIdle() {
        return idle;
    }

    /** What values are allowed, for people: "at least 1", "one of delete, compact". Empty when all are. */
    public String validValues() {
        return limit.description();
    }

    public List<Fallback<?, T>> fallbacks() {
        return fallbacks;
    }

    public boolean isSensitive() {
        return type == SettingType.PASSWORD;
    }

    /**
     * The typed value of {@code raw}.
     *
     * @throws InvalidSettingException naming the setting, the value, and what is allowed
     */
    public T parse(String raw) {
        T value;
        try {
            value = parser.parse(raw.strip());
        } catch (IllegalArgumentException e) {
            throw refused(raw, "is not " + parser.description());
        }
        Optional<String> complaint = limit.complaint(value);
        if (complaint.isPresent()) {
            throw refused(raw, complaint.get());
        }
        return value;
    }

    /** The text that parses to {@code value}. */
    public String format(T value) {
        return parser.format(value);
    }

    private InvalidSettingException refused(String raw, String why) {
        String shown = isSensitive() ? "the value given" : "'" + raw + "'";
        return new InvalidSettingException(name, "Invalid value for " + name + ": " + shown + " " + why);
    }

    @Override
    public String toString() {
        return name;
    }

    /** A setting being written down. */
    static final class Draft<T> {
        private final SettingDomain domain;
        private final String name;
        private final Parser<T> parser;
        private Optional<T> defaultValue = Optional.empty();
        private Limit<? super T> limit = Limit.none();
        private Change change = Change.READ_ONLY;
        private String doc = "";
        private Optional<String> whyIdle = Optional.empty();
        private final List<Fallback<?, T>> fallbacks = new ArrayList<>();

        private Draft(SettingDomain domain, String name, Parser<T> parser) {
            this.domain = domain;
            this.name = name;
            this.parser = parser;
        }

        Draft<T> defaultsTo(T value) {
            this.defaultValue = Optional.of(value);
            return this;
        }

        Draft<T> limit(Limit<? super T> value) {
            this.limit = value;
            return this;
        }

        Draft<T> change(Change value) {
            this.change = value;
            return this;
        }

        <S> Draft<T> fallsBackOn(Setting<S> setting, Function<S, T> convert) {
            fallbacks.add(new Fallback<>(setting, convert));
            return this;
        }

        Draft<T> fallsBackOn(Setting<T> setting) {
            return fallsBackOn(setting, Function.identity());
        }

        /** Taken and kept, so that tools for Kafka work, but without effect so far. */
        Draft<T> idle(String why) {
            this.whyIdle = Optional.of(why);
            return this;
        }

        Setting<T> doc(String text) {
            this.doc = text;
            return new Setting<>(this);
        }
    }
}
