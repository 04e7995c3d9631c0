package io.sluice.cluster.settings;

import java.util.Collection;
import java.util.Optional;

/** How many letters lie between two names: for "did you mean". */
public final class EditDistance {
    private static final int LONGEST_COMPARED = 256;

    private EditDistance() {}

    /** The one of {@code candidates} that {@code name} most likely stands for, if any is near enough. */
    public static Optional<String> nearest(String name, Collection<String> candidates) {
        if (name.length() > LONGEST_COMPARED) {
            return Optional.empty(); // the name came from a client: the work it causes is bounded
        }
        Optional<String> best = Optional.empty();
        int bestDistance = Math.max(2, name.length() / 3) + 1;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - name.length()) >= bestDistance) {
                continue;
            }
            int distance = between(name, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    /** Levenshtein distance, with two rows. */
    static int between(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
