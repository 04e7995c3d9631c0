package io.sluice.cluster.settings;

import java.util.List;
import java.util.Optional;

/** Which values a setting takes. */
interface Limit<T> {
    /** For people; empty when everything is allowed. */
    String description();

    /** What is wrong with {@code value}, to follow the value in a sentence: "is less than 1". */
    Optional<String> complaint(T value);

    static <T> Limit<T> none() {
        return new Limit<>() {
            @Override
            public String description() {
                return "";
            }

            @Override
            public Optional<String> complaint(T value) {
                return Optional.empty();
            }
        };
    }

    static <N extends Number> Limit<N> atLeast(double min) {
        return new NumberRange<>(min, Double.POSITIVE_INFINITY);
    }

    static <N extends Number> Limit<N> between(double min, double max) {
        return new NumberRange<>(min, max);
    }

    static Limit<String> oneOf(String... allowed) {
        return new Words<>(List.of(allowed));
    }

    /** A number in a range, or one that stands for something else, such as -1 for "no limit". */
    static <N extends Number> Limit<N> betweenOr(double min, double max, long special) {
        NumberRange<N> range = new NumberRange<>(min, max);
        return new Limit<>() {
            @Override
            public String description() {
                return range.description() + ", or " + special;
            }

            @Override
            public Optional<String> complaint(N value) {
                return value.longValue() == special
                        ? Optional.empty()
                        : range.complaint(value).map(why -> why + " and not " + special);
            }
        };
    }

    /** Each item must be one of {@code allowed}. */
    static Limit<List<String>> eachOneOf(String... allowed) {
        Words<String> one = new Words<>(List.of(allowed));
        return new Limit<>() {
            @Override
            public String description() {
                return "each " + one.description();
            }

            @Override
            public Optional<String> complaint(List<String> value) {
                return value.stream()
                        .map(one::complaint)
                        .flatMap(Optional::stream)
                        .findFirst();
            }
        };
    }

    /** Only the default is taken, because Sluice does not do what the others would ask for. */
    static <T> Limit<T> only(T value, String why) {
        return new Limit<>() {
            @Override
            public String description() {
                return "only " + (value instanceof List<?> list && list.isEmpty() ? "empty" : value);
            }

            @Override
            public Optional<String> complaint(T given) {
                return given.equals(value) ? Optional.empty() : Optional.of("is not supported: " + why);
            }
        };
    }

    /** Bounds are doubles: exact for every whole number that a setting is bounded by. */
    record NumberRange<N extends Number>(double min, double max) implements Limit<N> {
        @Override
        public String description() {
            if (max == Double.POSITIVE_INFINITY) {
                return "at least " + plain(min);
            }
            return "from " + plain(min) + " to " + plain(max);
        }

        @Override
        public Optional<String> complaint(N value) {
            if (value.doubleValue() < min) {
                return Optional.of("is less than " + plain(min));
            }
            if (value.doubleValue() > max) {
                return Optional.of("is more than " + plain(max));
            }
            return Optional.empty();
        }

        private static String plain(double bound) {
            return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
        }
    }

    /** One of a few words, as they are written. */
    record Words<T>(List<String> allowed) implements Limit<T> {
        @Override
        public String description() {
            return "one of " + String.join(", ", allowed);
        }

        @Override
        public Optional<String> complaint(T value) {
            return allowed.contains(value.toString())
                    ? Optional.empty()
                    : Optional.of("is not one of " + String.join(", ", allowed));
        }
    }
}
