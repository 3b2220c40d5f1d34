package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.bookkeeping.BookkeepingNotice;
import dev.etcdpg.etcd.bookkeeping.BookkeepingReader;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.page.Page;
import dev.etcdpg.etcd.page.PageReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Emits all current answers to changes of the snapshot's keys, because answers during the snapshot were held back. Not thread-safe. */
final class AnswerPhase implements SnapshotPhase {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerPhase.class);

    private final SnapshotContext context;
    private final KeySpan answers;
    private final BookkeepingReader bookkeeping;
    private final PageReader pages;

    /** @param keys the keys of the snapshot */
    AnswerPhase(SnapshotContext context, KeyRange keys) {
        this.context = context;
        this.answers = KeySpan.prefix(context.keys().answers());
        this.bookkeeping =
                new BookkeepingReader(context.keys(), context.scope().route().name(), keys);
        this.pages = new PageReader(context.etcd(), context.fetchSize(), answers, 0);
    }

    @Override
    public Page read() {
        try {
            return pages.read();
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.COMPACTED) {
                throw e;
            }
            // the sink skips an answer that it gets twice
            return pages.restart(answers);
        }
    }

    @Override
    public boolean emit(Page page) {
        page.rows().forEach(this::emit);
        pages.advance();
        return page.more();
    }

    private void emit(KeyChange row) {
        BookkeepingNotice notice = bookkeeping.read(row).orElse(null);
        if (notice instanceof BookkeepingNotice.Answer answer) {
            context.emitter().answer(answer);
        } else if (notice instanceof BookkeepingNotice.Malformed malformed) {
            LOG.warn("Key {} at {} is not an answer: {}", malformed.key(), malformed.revision(), malformed.reason());
        }
    }

    @Override
    public long deliveryLimit() {
        return pages.revision() > 0 ? pages.revision() : Long.MAX_VALUE;
    }
}
