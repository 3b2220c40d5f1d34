package dev.etcdpg.etcd.bookkeeping;

import dev.etcdpg.etcd.kv.EtcdBytes;
import org.apache.kafka.connect.errors.ConnectException;

/** Value of the epoch key: a decimal number. */
public final class EpochValue {

    private EpochValue() {}

    /** Returns the epoch, or 0 if the value is not a positive number. */
    public static long parse(byte[] value) {
        return parse(EtcdBytes.of(value).text());
    }

    /**
     * Returns the epoch in a value that later transactions compare with {@link #write}.
     *
     * @param key name of the epoch key, for the message
     * @throws ConnectException if the value differs from {@link #write} of any epoch
     */
    public static long require(String key, EtcdBytes value) {
        long epoch = parse(value.text());
        if (!write(epoch).equals(value)) {
            throw new ConnectException(
                    "The etcd key " + key + " is not a decimal number. Is bookkeeping.prefix right?");
        }
        return epoch;
    }

    public static EtcdBytes write(long epoch) {
        return EtcdBytes.of(Long.toString(epoch));
    }

    /** Returns an epoch after {@code seen}: the time in milliseconds, or a larger number if the clock is behind. */
    public static long next(long seen, long nowMillis) {
        return Math.max(nowMillis, seen + 1);
    }

    private static long parse(String text) {
        try {
            return Math.max(0, Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
