package io.sluice.cluster.settings;

import java.util.ArrayList;
import java.util.List;

/** Settings that hold several items, separated by commas. */
public final class Lists {
    private Lists() {}

    /** The items without the blanks around them; an empty text has none. */
    public static List<String> split(String text) {
        List<String> items = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            int comma = text.indexOf(',', from);
            int to = comma < 0 ? text.length() : comma;
            String item = text.substring(from, to).strip();
            if (!item.isEmpty()) {
                items.add(item);
            }
            from = to + 1;
        }
        return List.copyOf(items);
    }

    /** {@code items} and those of {@code more} that are not among them yet. */
    public static List<String> append(List<String> items, List<String> more) {
        List<String> result = new ArrayList<>(items);
        for (String item : more) {
            if (!result.contains(item)) {
                result.add(item);
            }
        }
        return result;
    }

    public static List<String> subtract(List<String> items, List<String> less) {
        List<String> result = new ArrayList<>(items);
        result.removeAll(less);
        return result;
    }
}
