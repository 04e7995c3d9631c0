package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AssignmentTest {
    @Property
    void setsBehaveAsSets(
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 30) Integer> left,
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 30) Integer> right) {
        Assignment a = of(left);
        Assignment b = of(right);
        Set<Integer> union = new HashSet<>(left);
        union.addAll(right);
        Set<Integer> common = new HashSet<>(left);
        common.retainAll(right);
        Set<Integer> rest = new HashSet<>(left);
        rest.removeAll(right);

        assertThat(a.plus(b)).isEqualTo(of(union));
        assertThat(a.intersect(b)).isEqualTo(of(common));
        assertThat(a.minus(b)).isEqualTo(of(rest));
        assertThat(a.plus(b).size()).isEqualTo(union.size());
        assertThat(a.intersects(b)).isEqualTo(!common.isEmpty());
        assertThat(a.containsAll(b)).isEqualTo(left.containsAll(right));
        assertThat(a.plus(b).hashCode()).isEqualTo(of(union).hashCode());
    }

    /** Two topics by the number's parity, so that topics come and go, too. */
    private static Assignment of(Iterable<Integer> numbers) {
        Assignment.Builder builder = Assignment.builder();
        for (int number : numbers) {
            builder.add(new UUID(0, number % 2), number / 2);
        }
        return builder.build();
    }

    @Example
    void hugeIndexesTakeNoRoom() {
        Assignment far = Assignment.of(new UUID(0, 1), Integer.MAX_VALUE, 0, Integer.MAX_VALUE);

        assertThat(far.size()).isEqualTo(2);
        assertThat(far.partitions(new UUID(0, 1))).containsExactly(0, Integer.MAX_VALUE);
    }
}
