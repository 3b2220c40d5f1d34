package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.bookkeeping.BookkeepingReader;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.source.emit.Outbox;
import dev.etcdpg.etcd.source.metrics.SourceMetrics;
import dev.etcdpg.etcd.source.metrics.SourceMetrics.Counter;
import dev.etcdpg.etcd.source.partition.Scope;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One snapshot of a range, page by page beside the watch: rows and a manifest for each page, an end mark, then every answer that is current.
 * A page goes out when the watch was delivered as far as the page's revision, so that records of a key are in order. Not thread-safe.
 */
public final class SnapshotRun {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotRun.class);

    /** How it stands after a step. */
    public enum Progress {
        /** It sent something. */
        WENT_ON,
        /** It waits for the watches to be delivered through {@link #barrier()}. */
        WAITS,
        FINISHED
    }

    private final Scope scope;
    private final EtcdGateway etcd;
    private final Outbox out;
    private final BookkeepingReader bookkeeping;
    private final KeySpan answers;
    private final SourceMetrics metrics;
    private final KeyRange part;
    private final long begunAt;
    private final long request;
    private final int fetchSize;
    private final SnapshotProgress progress;

    private PageSize pageSize;
    private KeySpan rest;
    private String sentThrough;
    private long pinned;
    private boolean ended;
    private Page page;

    /**
     * @param part of the range: the keys of which it is a snapshot
     * @param begunAt etcd's revision
     * @param request highest request that it answers, 0 for none
     * @param answers where answers are kept
     * @param bookkeeping reads the answers of the part
     * @param progress is told of every page
     */
    public SnapshotRun(
            Scope scope,
            EtcdGateway etcd,
            Outbox out,
            BookkeepingReader bookkeeping,
            KeySpan answers,
            int fetchSize,
            SourceMetrics metrics,
            KeyRange part,
            long begunAt,
            long request,
            SnapshotProgress progress) {
        this.scope = scope;
        this.etcd = etcd;
        this.out = out;
        this.bookkeeping = bookkeeping;
        this.answers = answers;
        this.metrics = metrics;
        this.begunAt = begunAt;
        this.request = request;
        this.part = part;
        this.fetchSize = fetchSize;
        this.progress = progress;
        this.pageSize = new PageSize(fetchSize);
        this.rest = scope.span(part);
        this.sentThrough = part.after();
        this.pinned = begunAt;
    }

    /** Highest request that it answers, 0 for none. */
    public long request() {
        return request;
    }

    /** The keys of which it is a snapshot. */
    public KeyRange part() {
        return part;
    }

    public SnapshotProgress progress() {
        return progress;
    }

    /** Revision that the watches must have been delivered through before it can go on, 0 for none. */
    public long barrier() {
        return page == null ? 0 : page.revision();
    }

    /** Revision that the watches must not be delivered beyond now: the answers come before what follows them. */
    public long deliveryLimit() {
        return ended && pinned > 0 ? pinned : Long.MAX_VALUE;
    }

    /**
     * Sends at most one page, to be sealed by the caller.
     *
     * @param delivered revision through which the watches were delivered
     * @throws EtcdFailure if a page could not be read; nothing was sent
     */
    public Progress step(long delivered) {
        if (page == null) {
            read();
        }
        if (delivered < page.revision()) {
            return Progress.WAITS;
        }
        Page current = page;
        page = null;
        if (ended) {
            return sendAnswers(current);
        }
        sendRows(current);
        return Progress.WENT_ON;
    }

    private void read() {
        try {
            page = ended ? readAnswers() : readRows();
        } catch (EtcdFailure e) {
            if (e.isResponseTooLarge()) {
                pageSize.tooLarge();
            }
            throw e;
        }
    }

    private Page readRows() {
        try {
            return page(pinned);
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.COMPACTED) {
                throw e;
            }
            // from the last bound, and not from the last key: between them only this revision can tell
            rest = scope.span(new KeyRange(sentThrough, part.through()));
            Page later = page(0);
            LOG.info(
                    "Snapshot of {}: revision {} was compacted, the rest after \"{}\" is read at {}",
                    scope,
                    pinned,
                    sentThrough,
                    later.revision());
            metrics.count(Counter.PAGES_AT_A_LATER_REVISION);
            pinned = later.revision();
            return later;
        }
    }

    private void sendRows(Page rows) {
        rows.rows().forEach(row -> out.change(row, rows.revision()));
        Optional<KeyRange> bounds = rows.bounds(sentThrough, part.through());
        if (bounds.isPresent()) {
            out.manifests(bounds.get(), rows.revision(), rows.keysByPartition(scope.partitions()));
            sentThrough = bounds.get().through();
        }
        pageSize.had(rows.rows().size(), rows.bytes());
        progress.sent(rows.rows().size(), sentThrough);
        if (rows.more()) {
            rest = rest.after(lastKey(rows));
        } else {
            out.ends(part, begunAt, request);
            ended = true;
            rest = answers;
            pinned = 0;
            pageSize = new PageSize(fetchSize);
        }
    }

    private Page readAnswers() {
        try {
            Page read = page(pinned);
            pinned = read.revision();
            return read;
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.COMPACTED) {
                throw e;
            }
            // an answer sent twice is skipped by the sink
            rest = answers;
            pinned = 0;
            return readAnswers();
        }
    }

    private Progress sendAnswers(Page current) {
        for (KeyChange row : current.rows()) {
            Optional<BookkeepingNotice> notice = bookkeeping.read(row);
            if (notice.isPresent() && notice.get() instanceof BookkeepingNotice.Answer answer) {
                out.answer(answer);
            } else if (notice.isPresent() && notice.get() instanceof BookkeepingNotice.Malformed malformed) {
                LOG.warn(
                        "Key {} at {} is not an answer: {}", malformed.key(), malformed.revision(), malformed.reason());
            }
        }
        pageSize.had(current.rows().size(), current.bytes());
        if (current.more()) {
            rest = rest.after(lastKey(current));
            return Progress.WENT_ON;
        }
        return Progress.FINISHED;
    }

    private Page page(long revision) {
        return Page.of(
                etcd.range("reading keys from " + rest.start().text(), rest, revision, pageSize.next()), revision);
    }

    private static byte[] lastKey(Page of) {
        List<KeyChange> rows = of.rows();
        return rows.get(rows.size() - 1).key();
    }
}
