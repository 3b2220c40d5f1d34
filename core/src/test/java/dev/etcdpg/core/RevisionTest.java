package dev.etcdpg.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RevisionTest {

    @Test
    void theEpochDecidesBeforeTheRevision() {
        Revision point = new Revision(2, 5);
        assertThat(new Revision(2, 6).isAfter(point)).isTrue();
        assertThat(new Revision(3, 1).isAfter(point)).isTrue();
        assertThat(new Revision(2, 5).isAfter(point)).isFalse();
        assertThat(new Revision(2, 4).isAfter(point)).isFalse();
        assertThat(new Revision(1, 9).isAfter(point)).isFalse();
        assertThat(point.isAfter(Revision.NONE)).isTrue();
    }
}
