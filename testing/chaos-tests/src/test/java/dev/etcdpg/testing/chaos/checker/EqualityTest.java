package dev.etcdpg.testing.chaos.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.chaos.history.Values;
import dev.etcdpg.testing.stack.Entry;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EqualityTest {
    private static final Entry ENTRY = new Entry("/a", "x", 3, 5, 2, 0);

    static Stream<Entry> almostTheSame() {
        return Stream.of(
                new Entry("/a", "y", 3, 5, 2, 0),
                new Entry("/a", "x", 4, 5, 2, 0),
                new Entry("/a", "x", 3, 6, 2, 0),
                new Entry("/a", "x", 3, 5, 3, 0),
                new Entry("/a", "x", 3, 5, 2, 7));
    }

    @Test
    void equalSidesDoNotDiffer() {
        assertThat(Equality.differences(List.of(), Map.of())).isEmpty();
        assertThat(Equality.differences(List.of(ENTRY), Map.of("/a", ENTRY))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("almostTheSame")
    void everyPartOfAnEntryCounts(Entry other) {
        assertThat(Equality.differences(List.of(ENTRY), Map.of("/a", other)))
                .singleElement()
                .asString()
                .startsWith("/a (in etcd revision 5");
    }

    @Test
    void aKeyMayBeAbsentOnEitherSide() {
        assertThat(Equality.differences(List.of(ENTRY), Map.of()))
                .containsExactly("/a (in etcd revision 5, version 2, lease 0, in PostgreSQL absent)");
        assertThat(Equality.differences(List.of(), Map.of("/a", ENTRY)))
                .containsExactly("/a (in etcd absent, in PostgreSQL revision 5, version 2, lease 0)");
    }

    @Test
    void largeValuesAreComparedToTheirEnd() {
        String value = "v".repeat(100_000);
        Entry row = new Entry("/a", Values.shortened(value), 3, 5, 2, 0);
        assertThat(Equality.differences(List.of(new Entry("/a", value, 3, 5, 2, 0)), Map.of("/a", row)))
                .isEmpty();
        assertThat(Equality.differences(List.of(new Entry("/a", value + "w", 3, 5, 2, 0)), Map.of("/a", row)))
                .hasSize(1);
    }
}
