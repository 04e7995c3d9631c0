package io.sluice.cluster.settings;

import java.util.List;
import java.util.Locale;

/** How the text of a setting becomes a value, and back. */
interface Parser<T> {
    SettingType type();

    /** What the text must be, for a message: "a whole number". */
    String description();

    /** Throws {@link IllegalArgumentException} when the text is no such thing. */
    T parse(String text);

    default String format(T value) {
        return value.toString();
    }

    Parser<Boolean> BOOLEAN = new Parser<>() {
        @Override
        public SettingType type() {
            return SettingType.BOOLEAN;
        }

        @Override
        public String description() {
            return "true or false";
        }

        @Override
        public Boolean parse(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException(text);
            };
        }
    };

    Parser<Integer> INT = new Parser<>() {
        @Override
        public SettingType type() {
            return SettingType.INT;
        }

        @Override
        public String description() {
            return "a whole number of 32 bits";
        }

        @Override
        public Integer parse(String text) {
            return Integer.valueOf(text);
        }
    };

    Parser<Long> LONG = new Parser<>() {
        @Override
        public SettingType type() {
            return SettingType.LONG;
        }

        @Override
        public String description() {
            return "a whole number of 64 bits";
        }

        @Override
        public Long parse(String text) {
            return Long.valueOf(text);
        }
    };

    Parser<Double> DOUBLE = new Parser<>() {
        @Override
        public SettingType type() {
            return SettingType.DOUBLE;
        }

        @Override
        public String description() {
            return "a number";
        }

        @Override
        public Double parse(String text) {
            double value = Double.parseDouble(text);
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(text);
            }
            return value;
        }
    };

    Parser<String> STRING = new Parser<>() {
        @Override
        public SettingType type() {
            return SettingType.STRING;
        }

        @Override
        public String description() {
            return "a text";
        }

        @Override
        public String parse(String text) {
            return text;
        }
    };

    Parser<String> PASSWORD = new Parser<>() {
        @Override
        public SettingType type() {
            return SettingType.PASSWORD;
        }

        @Override
        public String description() {
            return "a text";
        }

        @Override
        public String parse(String text) {
            return text;
        }
    };

    Parser<List<String>> LIST = new Parser<>() {
        @Override
        public SettingType type() {
            return SettingType.LIST;
        }

        @Override
        public String description() {
            return "a list separated by commas";
        }

        @Override
        public List<String> parse(String text) {
            return Lists.split(text);
        }

        @Override
        public String format(List<String> value) {
            return String.join(",", value);
        }
    };
}
