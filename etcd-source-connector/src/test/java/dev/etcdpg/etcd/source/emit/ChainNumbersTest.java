package dev.etcdpg.etcd.source.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ChainNumbersTest {

    private static final EtcdRecord.Source SOURCE = new EtcdRecord.Source("/app/", "source", "c");

    @Property
    void numbersGrowWhateverTheClockDoes(
            @ForAll @Size(max = 50) List<@LongRange(min = 0, max = 1_000) Long> times,
            @ForAll @LongRange(min = 0, max = 500) long before) {
        ChainNumbers numbers = new ChainNumbers(KeyRange.ALL, new long[] {before, 7});
        long last = before;
        for (long time : times) {
            Chain chain = numbers.next(0, time, SOURCE);
            assertThat(chain.previous()).isEqualTo(last);
            assertThat(chain.number()).isGreaterThan(last).isGreaterThanOrEqualTo(time);
            last = chain.number();
        }
        assertThat(numbers.last()).containsExactly(last, 7);
    }
}
