package dev.etcdpg.etcd.kv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyChangeTest {

    @Test
    void aLargeKeyOrValueWeighsSeveralEvents() {
        assertThat(weight(2, 0)).isEqualTo(1);
        assertThat(weight(2, KeyChange.BYTES_OF_ONE - 3)).isEqualTo(1);
        assertThat(weight(2, KeyChange.BYTES_OF_ONE - 2)).isEqualTo(2);
        assertThat(weight(2, 3 * KeyChange.BYTES_OF_ONE)).isEqualTo(4);
        assertThat(new KeyChange(new byte[2], null, 1, 0, 0, 0).weight()).isEqualTo(1);
    }

    private static int weight(int keyBytes, int valueBytes) {
        return new KeyChange(new byte[keyBytes], new byte[valueBytes], 1, 1, 1, 0).weight();
    }
}
