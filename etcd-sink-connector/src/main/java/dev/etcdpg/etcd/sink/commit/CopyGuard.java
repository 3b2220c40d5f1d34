package dev.etcdpg.etcd.sink.commit;

import dev.etcdpg.core.retry.RateLimit;
import dev.etcdpg.etcd.bookkeeping.ChainSender;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Send;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports which database sends the records of an origin, and decides what a task does about two copies of one database. Both copies number
 * their records, and a number of one copy would pass for a number of the other. Not thread-safe.
 */
public final class CopyGuard {

    private static final Logger LOG = LoggerFactory.getLogger(CopyGuard.class);
    private static final Duration AT_MOST_EVERY = Duration.ofMinutes(1);

    private final SupersededPolicy policy;
    private final RateLimit warnings;

    /** @param nanoTime has the semantics of {@link System#nanoTime()} */
    public CopyGuard(SupersededPolicy policy, LongSupplier nanoTime) {
        this.policy = policy;
        this.warnings = new RateLimit(AT_MOST_EVERY, nanoTime);
    }

    /** Returns whether another database has taken over an origin. */
    static boolean hasTakenOver(SinkProgress before, SinkProgress after) {
        return !before.databases().equals(after.databases());
    }

    /** Logs each database that has taken over an origin. */
    static void logTakenOver(String place, SinkProgress before, SinkProgress after) {
        after.databases().forEach((origin, databases) -> {
            String former = before.databaseOf(origin);
            if (former == null) {
                LOG.info("{}: database {} sends the records of origin {}", place, databases.current(), origin);
            } else if (!former.equals(databases.current())) {
                LOG.warn(
                        "{}: database {} takes over origin {} from database {}. After a failover or a restored dump this is expected. "
                                + "If database {} is still running, run \"select etcd_sync.etcd_become_original()\" in one of the two.",
                        place,
                        databases.current(),
                        origin,
                        former,
                        former);
            }
        });
    }

    /**
     * Reports a record of a superseded database.
     *
     * @param place where the record is
     * @return the reason why the record is skipped
     * @throws ConnectException if the policy is {@link SupersededPolicy#FAIL}
     */
    String report(String place, Send record, SinkProgress progress) {
        return report(
                place,
                record.sender(),
                String.valueOf(progress.databaseOf(record.send().origin())));
    }

    /**
     * Reports that a superseded database sends.
     *
     * @param current the database that has taken over
     * @see #report(String, Send, SinkProgress)
     */
    String report(String place, ChainSender sender, String current) {
        String reason = "database " + sender.database() + " sends again, but database " + current
                + " has taken over its origin " + sender.origin() + ". One of them is a copy of the other";
        if (policy == SupersededPolicy.FAIL) {
            throw new ConnectException(place + ": " + reason
                    + ". Run \"select etcd_sync.etcd_become_original()\" in database " + sender.database()
                    + ", or stop its notify source. Then set " + SupersededPolicy.SETTING
                    + "=skip, which sends the changes that it has already sent to the dead letter topic.");
        }
        if (warnings.acquire()) {
            LOG.warn("{}: {}. Its records are skipped ({}=skip).", place, reason, SupersededPolicy.SETTING);
        }
        return reason;
    }
}
