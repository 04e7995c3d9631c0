package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingAppendsTest {
    private final PendingAppends pending = new PendingAppends();
    private final List<String> heard = new ArrayList<>();

    private AppendListener listener(String name) {
        return new AppendListener() {
            @Override
            public void appended(long baseOffset, long appendTimeMs, long logStartOffset) {
                heard.add(name + "@" + baseOffset);
            }

            @Override
            public void refused(AppendError error, String message) {
                heard.add(name + " " + error);
            }
        };
    }

    @Test
    void acknowledgesInOrderUpToTheOffset() {
        pending.add(listener("a"), 0, 3, -1);
        pending.add(listener("b"), 3, 5, -1);
        pending.add(listener("c"), 5, 9, -1);
        pending.acknowledgeUpTo(5, 0);
        assertThat(heard).containsExactly("a@0", "b@3");
        pending.acknowledgeUpTo(8, 0);
        assertThat(heard).hasSize(2);
        pending.acknowledgeUpTo(9, 0);
        assertThat(heard).containsExactly("a@0", "b@3", "c@5");
        assertThat(pending.isEmpty()).isTrue();
    }

    @Test
    void keepsOrderWhileItGrowsAroundTheRing() {
        for (int i = 0; i < 10; i++) {
            pending.add(listener("x" + i), i, i + 1, -1);
        }
        pending.acknowledgeUpTo(7, 0);
        heard.clear();
        for (int i = 10; i < 100; i++) {
            pending.add(listener("x" + i), i, i + 1, -1);
        }
        pending.acknowledgeUpTo(100, 0);
        assertThat(heard).hasSize(93);
        for (int i = 0; i < heard.size(); i++) {
            assertThat(heard.get(i)).isEqualTo("x" + (i + 7) + "@" + (i + 7));
        }
    }

    @Test
    void refusesWhateverIsLeft() {
        pending.add(listener("a"), 0, 1, -1);
        pending.add(listener("b"), 1, 2, -1);
        pending.acknowledgeUpTo(1, 0);
        pending.refuseAll(AppendError.DISK_FULL, "full");
        assertThat(heard).containsExactly("a@0", "b DISK_FULL");
    }
}
