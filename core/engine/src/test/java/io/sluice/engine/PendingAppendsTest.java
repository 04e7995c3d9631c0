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
        pending.add(listener("a"), 0, 3, -1, PendingAppends.NEVER);
        pending.add(listener("b"), 3, 5, -1, PendingAppends.NEVER);
        pending.add(listener("c"), 5, 9, -1, PendingAppends.NEVER);
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
            pending.add(listener("x" + i), i, i + 1, -1, PendingAppends.NEVER);
        }
        pending.acknowledgeUpTo(7, 0);
        heard.clear();
        for (int i = 10; i < 100; i++) {
            pending.add(listener("x" + i), i, i + 1, -1, PendingAppends.NEVER);
        }
        pending.acknowledgeUpTo(100, 0);
        assertThat(heard).hasSize(93);
        for (int i = 0; i < heard.size(); i++) {
            assertThat(heard.get(i)).isEqualTo("x" + (i + 7) + "@" + (i + 7));
        }
    }

    @Test
    void refusesWhateverIsLeft() {
        pending.add(listener("a"), 0, 1, -1, PendingAppends.NEVER);
        pending.add(listener("b"), 1, 2, -1, PendingAppends.NEVER);
        pending.acknowledgeUpTo(1, 0);
        pending.refuseAll(AppendError.DISK_FULL, "full");
        assertThat(heard).containsExactly("a@0", "b DISK_FULL");
    }

    @Test
    void refusesWhatIsOverdueWhereverItStandsAndKeepsTheOrderOfTheRest() {
        for (int i = 0; i < 12; i++) {
            pending.add(listener("x" + i), i, i + 1, -1, 1_000);
        }
        pending.acknowledgeUpTo(12, 0); // the ring goes around from here on
        heard.clear();
        pending.add(listener("a"), 12, 13, -1, 300);
        pending.add(listener("b"), 13, 14, -1, 100);
        pending.add(listener("c"), 14, 15, -1, 200);
        pending.add(listener("d"), 15, 16, -1, 201);
        pending.add(listener("e"), 16, 17, -1, 101);
        assertThat(pending.firstDeadlineMs()).isEqualTo(100);
        pending.refuseOverdue(200, AppendError.TIMED_OUT, "late");
        assertThat(heard).containsExactly("b TIMED_OUT", "c TIMED_OUT", "e TIMED_OUT");
        assertThat(pending.firstDeadlineMs()).isEqualTo(201);
        heard.clear();
        pending.acknowledgeUpTo(17, 0);
        assertThat(heard).containsExactly("a@12", "d@15");
        assertThat(pending.firstDeadlineMs()).isEqualTo(PendingAppends.NEVER);
    }

    @Test
    void refusedListenerMayAppendAnew() {
        pending.add(
                new AppendListener() {
                    @Override
                    public void appended(long baseOffset, long appendTimeMs, long logStartOffset) {
                        heard.add("first");
                    }

                    @Override
                    public void refused(AppendError error, String message) {
                        pending.add(listener("again"), 1, 2, -1, 100);
                    }
                },
                0,
                1,
                -1,
                100);
        pending.refuseOverdue(100, AppendError.TIMED_OUT, "late");
        assertThat(heard).isEmpty();
        pending.acknowledgeUpTo(2, 0);
        assertThat(heard).containsExactly("again@1");
    }
}
