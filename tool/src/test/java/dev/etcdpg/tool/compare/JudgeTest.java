package dev.etcdpg.tool.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2};

    private static final KeyState A = new KeyState(5, 4, 2, 0, ONE);
    private static final KeyState OTHER_VALUE = new KeyState(5, 4, 2, 0, TWO);
    private static final KeyState OTHER_REVISION = new KeyState(6, 4, 3, 0, ONE);
    private static final KeyState OTHER_LEASE = new KeyState(5, 4, 2, 9, ONE);
    private static final KeyState NO_TEXT = new KeyState(5, 4, 2, 0, null);

    private static final List<KeyState> STATES =
            Arrays.asList(null, A, OTHER_VALUE, OTHER_REVISION, OTHER_LEASE, NO_TEXT);
    private static final List<PendingChange> CHANGES = Arrays.asList(
            null,
            new PendingChange(ONE, false),
            new PendingChange(TWO, true),
            new PendingChange(null, false),
            new PendingChange(null, true));

    private static Finding judge(KeyState etcd, KeyState mirror, KeyState row, PendingChange pending) {
        return Judge.judge(etcd, new PostgresKey("/k", row, mirror, pending, Revision.NONE));
    }

    @Test
    void findings() {
        assertThat(judge(A, A, A, null)).isEqualTo(Finding.EQUAL);
        assertThat(judge(null, null, null, null)).isEqualTo(Finding.EQUAL);
        assertThat(judge(A, null, null, null)).isEqualTo(Finding.MISSING);
        assertThat(judge(null, A, A, null)).isEqualTo(Finding.EXTRA);
        assertThat(judge(OTHER_REVISION, A, A, null)).isEqualTo(Finding.MIRROR_DIFFERS);
        assertThat(judge(OTHER_LEASE, A, A, null)).isEqualTo(Finding.MIRROR_DIFFERS);
        assertThat(judge(A, A, null, null)).isEqualTo(Finding.ROW_MISSING);
        assertThat(judge(A, A, OTHER_VALUE, null)).isEqualTo(Finding.ROW_DIFFERS);
        assertThat(judge(null, null, A, null)).isEqualTo(Finding.ROW_EXTRA);
        assertThat(judge(NO_TEXT, NO_TEXT, null, null)).isEqualTo(Finding.DEAD_LETTER);
        assertThat(judge(NO_TEXT, new KeyState(5, 0, 0, 0, null), null, null)).isEqualTo(Finding.DEAD_LETTER);
        assertThat(judge(NO_TEXT, new KeyState(6, 4, 2, 0, null), null, null)).isEqualTo(Finding.MIRROR_DIFFERS);
        assertThat(judge(NO_TEXT, NO_TEXT, A, null)).isEqualTo(Finding.ROW_EXTRA);
        assertThat(judge(NO_TEXT, A, A, null)).isEqualTo(Finding.MIRROR_DIFFERS);
        assertThat(judge(A, A, OTHER_VALUE, new PendingChange(TWO, false))).isEqualTo(Finding.PENDING);
        assertThat(judge(A, A, OTHER_VALUE, new PendingChange(TWO, true))).isEqualTo(Finding.HELD);
        assertThat(judge(A, A, null, new PendingChange(null, false))).isEqualTo(Finding.PENDING);
        assertThat(judge(A, A, A, new PendingChange(TWO, false))).isEqualTo(Finding.ROW_DIFFERS);
        assertThat(judge(null, null, A, new PendingChange(ONE, false))).isEqualTo(Finding.PENDING);
    }

    /** In all combinations of states: a difference is found if and only if one of the two comparisons fails. */
    @Test
    void allCombinations() {
        List<String> wrong = new ArrayList<>();
        for (KeyState etcd : STATES) {
            for (KeyState mirror : STATES) {
                for (KeyState row : STATES) {
                    for (PendingChange pending : CHANGES) {
                        boolean mirrorIsRight = Objects.equals(etcd, mirror);
                        boolean isRight = mirrorIsRight && rowIsRight(mirror, row, pending);
                        Finding finding = judge(etcd, mirror, row, pending);
                        if (finding.isDifference() == isRight || finding.isOfTheRow() != (mirrorIsRight && !isRight)) {
                            wrong.add(etcd + " " + mirror + " " + row + " " + pending + ": " + finding);
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean rowIsRight(KeyState mirror, KeyState row, PendingChange pending) {
        if (pending != null) {
            return Arrays.equals(row == null ? null : row.valueHash(), pending.valueHash())
                    && (row == null) == (pending.valueHash() == null);
        }
        return mirror == null || mirror.valueHash() == null ? row == null : mirror.equals(row);
    }
}
