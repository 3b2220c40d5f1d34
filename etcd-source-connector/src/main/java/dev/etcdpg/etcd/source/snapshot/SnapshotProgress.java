package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.etcd.source.Due;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log now and then how far a snapshot is. Not thread-safe. */
public final class SnapshotProgress {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotProgress.class);

    public static final Duration INTERVAL = Duration.ofSeconds(10);

    private final String what;
    private final long total;
    private final long begun = System.nanoTime();
    private final Due next = new Due();
    private long keys;

    /** @param total keys that it will have, about; negative if not known */
    public SnapshotProgress(String what, long total) {
        this.what = what;
        this.total = total;
        next.in(INTERVAL);
    }

    public void sent(int more, String through) {
        keys += more;
        if (next.hasCome()) {
            next.in(INTERVAL);
            LOG.info("{}: snapshot at key \"{}\", {}", what, through, this);
        }
    }

    /** So many keys of about so many, how fast. */
    @Override
    public String toString() {
        double seconds = Math.max(0.001, (System.nanoTime() - begun) / 1e9);
        String of = total < 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        " of about %,d (%d %%)",
                        total,
                        total == 0 ? 100 : Math.min(100, keys * 100 / total));
        return String.format(
                Locale.ROOT, "%,d keys%s in %.1f s, %,d a second", keys, of, seconds, (long) (keys / seconds));
    }
}
