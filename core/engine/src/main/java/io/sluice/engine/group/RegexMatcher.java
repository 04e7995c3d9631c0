package io.sluice.engine.group;

import com.google.re2j.Pattern;
import io.sluice.base.Loop;
import io.sluice.base.Workers;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Finds the topics of regular expressions on the workers, since thousands of names times a hundred expressions would
 * hold up a loop. RE2/J matches in time linear in the name, whatever the expression.
 *
 * <p>Called on the shard's home loop; the answer comes back on it.
 */
final class RegexMatcher {
    /** Takes the topic names by expression, in a step of its own. */
    @FunctionalInterface
    interface Found {
        void found(Step step, Map<String, Set<String>> names);
    }

    private final Workers workers;
    private final Loop loop;
    private final Consumer<Consumer<Step>> runStep;

    RegexMatcher(Workers workers, Loop loop, Consumer<Consumer<Step>> runStep) {
        this.workers = workers;
        this.loop = loop;
        this.runStep = runStep;
    }

    /**
     * Hands {@code found} the names that each expression matches as a whole.
     *
     * @return false when the workers are too busy now: ask again later
     */
    boolean match(Collection<Pattern> expressions, TopicView topics, Found found) {
        try {
            workers.execute(() -> {
                Map<String, Set<String>> names = new TreeMap<>();
                for (Pattern expression : expressions) {
                    names.put(expression.pattern(), matching(expression, topics));
                }
                loop.execute(() -> runStep.accept(step -> found.found(step, names)));
            });
            return true;
        } catch (RejectedExecutionException busy) {
            return false;
        }
    }

    private static Set<String> matching(Pattern expression, TopicView topics) {
        Set<String> names = new TreeSet<>();
        for (TopicInfo topic : topics.all()) {
            if (expression.matches(topic.name())) {
                names.add(topic.name());
            }
        }
        return names;
    }
}
