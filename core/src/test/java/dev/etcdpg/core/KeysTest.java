package dev.etcdpg.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KeysTest {

    @Property
    void textsAreComparedByTheirUtf8Bytes(@ForAll int[] left, @ForAll int[] right) {
        String a = text(left);
        String b = text(right);
        int bytes = Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(Utf8.compare(a, b))).isEqualTo(Integer.signum(bytes));
    }

    @Test
    void supplementaryCharactersSortAfterTheBasicPlane() {
        assertThat(Utf8.compare("\uD83D\uDE00", "\uFFFD")).isPositive();
        assertThat(Utf8.compare("\uFFFD", "\uD83D\uDE00")).isNegative();
    }

    @Property
    void everyKeyIsInExactlyOneOfTwoAdjacentRanges(@ForAll int[] key, @ForAll int[] bound) {
        String k = "/" + text(key);
        String b = "/" + text(bound);
        assertThat(new KeyRange("", b).contains(k)).isNotEqualTo(new KeyRange(b, "").contains(k));
        assertThat(KeyRange.ALL.contains(k)).isTrue();
    }

    @Test
    void aRangeCoversEachOfItsParts() {
        assertThat(KeyRange.ALL.covers(new KeyRange("a", "b"))).isTrue();
        assertThat(new KeyRange("a", "c").covers(new KeyRange("a", "b"))).isTrue();
        assertThat(new KeyRange("a", "c").covers(new KeyRange("a", ""))).isFalse();
        assertThat(new KeyRange("b", "").covers(new KeyRange("a", "c"))).isFalse();
    }

    @Property
    void thePartitionIsBelowTheNumberOfPartitions(
            @ForAll byte[] key, @ForAll @IntRange(min = 1, max = 64) int partitions) {
        assertThat(KeyPartitioner.partition(key, partitions)).isBetween(0, partitions - 1);
    }

    /** Known answers. Another function would move keys to other partitions at an upgrade. */
    @Test
    void thePartitionOfAKeyNeverChanges() {
        // sha256("abc") begins with ba7816bf
        assertThat(KeyPartitioner.partition("abc", 1 << 30)).isEqualTo((int) (0xba7816bfL % (1 << 30)));
        assertThat(KeyPartitioner.partition("abc", 7)).isEqualTo((int) (0xba7816bfL % 7));
    }

    @Test
    void strictRefusesBytesThatTextCannotHold() {
        assertThat(Utf8.strict("ä😀".getBytes(StandardCharsets.UTF_8))).contains("ä😀");
        assertThat(Utf8.strict(new byte[0])).contains("");
        assertThat(Utf8.strict(new byte[] {'a', 0, 'b'})).isEmpty();
        assertThat(Utf8.strict(new byte[] {(byte) 0xff})).isEmpty();
        assertThat(Utf8.strict(new byte[] {(byte) 0xc0, (byte) 0x80})).isEmpty();
        assertThat(Utf8.strict(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}))
                .isEmpty();
    }

    @Test
    void invalidRoutesAreRefused() {
        assertThatThrownBy(() -> new Route("A", "/a/")).hasMessageContaining("route name");
        assertThatThrownBy(() -> new Route("a", "")).hasMessageContaining("empty prefix");
        assertThat(new Route("a", "/a/").contains("/a/x")).isTrue();
        assertThat(new Route("a", "/a/").contains("/a".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    /** Makes valid text of arbitrary numbers: all code points except surrogates and NUL. */
    private static String text(int[] numbers) {
        StringBuilder text = new StringBuilder();
        for (int number : numbers) {
            int point = 1 + Math.floorMod(number, Character.MAX_CODE_POINT);
            if (point < 0xD800 || point > 0xDFFF) {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }
}
