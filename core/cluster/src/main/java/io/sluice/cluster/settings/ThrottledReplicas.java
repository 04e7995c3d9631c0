package io.sluice.cluster.settings;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Replicas as Kafka's throttle settings name them: {@code partition:broker}, comma separated, or {@code *} for all. */
final class ThrottledReplicas implements Limit<List<String>> {
    private static final Pattern PAIR = Pattern.compile("\\d{1,9}:\\d{1,9}");

    @Override
    public String description() {
        return "partition:broker pairs, or *";
    }

    @Override
    public Optional<String> complaint(List<String> value) {
        if (value.equals(List.of("*"))
                || value.stream().allMatch(item -> PAIR.matcher(item).matches())) {
            return Optional.empty();
        }
        return Optional.of(
                "is not a list of partition:broker pairs, nor *; write *, or pairs with commas between such as 0:1,0:2,1:3");
    }
}
