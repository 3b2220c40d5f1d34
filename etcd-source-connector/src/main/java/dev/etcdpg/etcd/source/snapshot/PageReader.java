package dev.etcdpg.etcd.source.snapshot;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeySpan;

/** Reads a span of keys from etcd in pages, all of them at one revision. Not thread-safe. */
final class PageReader {

    private final EtcdGateway etcd;
    private final PageSize size;
    private KeySpan rest;
    private long revision;

    /**
     * @param fetchSize the largest number of keys in a page
     * @param revision the revision to read; 0 for the revision of the first page
     */
    PageReader(EtcdGateway etcd, int fetchSize, KeySpan span, long revision) {
        this.etcd = etcd;
        this.size = new PageSize(fetchSize);
        this.rest = span;
        this.revision = revision;
    }

    /** Returns the revision that is read; 0 before the first page if none was given. */
    long revision() {
        return revision;
    }

    /**
     * Reads the next page. Reads the same page again unless {@link #advance} was called since.
     *
     * @throws EtcdFailure if the page could not be read
     */
    Page read() {
        return read(revision);
    }

    /**
     * Reads the first page of a span at the current revision, and the pages after it at the same revision.
     *
     * @throws EtcdFailure if the page could not be read; then {@link #revision()} stays as it was
     */
    Page restart(KeySpan span) {
        rest = span;
        return read(0);
    }

    /** Continues after this page. */
    void advance(Page page) {
        size.adapt(page.rows().size(), page.bytes());
        if (page.more()) {
            rest = rest.after(page.lastKey());
        }
    }

    private Page read(long at) {
        try {
            Page page = Page.of(etcd.range("reading keys from " + rest.start().text(), rest, at, size.next()), at);
            revision = page.revision();
            return page;
        } catch (EtcdFailure e) {
            if (e.isResponseTooLarge()) {
                size.shrink();
            }
            throw e;
        }
    }
}
