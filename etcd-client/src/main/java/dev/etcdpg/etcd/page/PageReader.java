package dev.etcdpg.etcd.page;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeyChange;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.kv.RangeResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a span of keys from etcd in pages, all of them at one revision. A page is read with several small requests, because etcd limits a
 * response by a number of keys only, and the next values may be large. Not thread-safe.
 */
public final class PageReader {

    private final EtcdGateway etcd;
    private final int fetchSize;
    private final PageSize request;
    private final Windows windows = new Windows();
    private KeySpan rest;
    /** The keys after the last page that was read; null if none follow. */
    private @Nullable KeySpan following;

    private long revision;

    /**
     * @param fetchSize the largest number of keys in a page
     * @param revision the revision to read; 0 for the revision of the first page
     */
    public PageReader(EtcdGateway etcd, int fetchSize, KeySpan span, long revision) {
        this.etcd = etcd;
        this.fetchSize = fetchSize;
        this.request = new PageSize(Math.min(fetchSize, PageSize.REQUEST_KEYS));
        this.rest = span;
        this.revision = revision;
    }

    /** Returns the revision that is read; 0 before the first page if none was given. */
    public long revision() {
        return revision;
    }

    /**
     * Reads the next page. Reads the same page again unless {@link #advance} was called since.
     *
     * @throws EtcdFailure if the page could not be read
     */
    public Page read() {
        return read(revision);
    }

    /**
     * Reads the first page of a span at the current revision, and the pages after it at the same revision.
     *
     * @throws EtcdFailure if the page could not be read; then {@link #revision()} stays as it was
     */
    public Page restart(KeySpan span) {
        rest = span;
        windows.reset();
        return read(0);
    }

    /** Continues after the last page. */
    public void advance() {
        if (following != null) {
            rest = following;
        }
    }

    private Page read(long from) {
        List<KeyChange> rows = new ArrayList<>();
        long bytes = 0;
        long at = from;
        KeySpan next = rest;
        boolean more = true;
        while (more && rows.size() < fetchSize && bytes < PageSize.TARGET_BYTES) {
            KeySpan part = window(next, at);
            RangeResult found = request(part, at, Math.min(request.next(), fetchSize - rows.size()));
            at = at == 0 ? found.revision() : at;
            long size = Page.bytes(found.keys());
            request.adapt(found.keys().size(), size);
            rows.addAll(found.keys());
            bytes += size;
            if (found.more()) {
                next = next.after(rows.get(rows.size() - 1).key());
            } else {
                more = !part.end().equals(next.end());
                next = new KeySpan(part.end(), next.end());
                windows.leave();
            }
        }
        following = more ? next : null;
        revision = at;
        return new Page(at, rows, more);
    }

    private RangeResult request(KeySpan part, long at, int limit) {
        int keys = limit;
        while (true) {
            try {
                return etcd.range("reading keys from " + part.start().text(), part, at, keys);
            } catch (EtcdFailure e) {
                boolean smaller = e.isResponseTooLarge() && request.shrink();
                if (!smaller || e.kind() != EtcdFailure.Kind.RESPONSE_TOO_LARGE) {
                    throw e;
                }
                keys = Math.min(keys, request.next());
            }
        }
    }

    private KeySpan window(KeySpan span, long at) {
        return windows.of(span, part -> count(part, at), part -> firstKey(part, at));
    }

    /** A span that etcd cannot count in time has too many keys for a window. */
    private long count(KeySpan span, long at) {
        try {
            return etcd.count(span, at);
        } catch (EtcdFailure e) {
            if (!e.isResponseTooLarge() || windows.isEmpty()) {
                throw e;
            }
            return Window.VERY_MANY;
        }
    }

    private byte[] firstKey(KeySpan span, long at) {
        for (KeySpan part : Window.beginnings(span)) {
            List<byte[]> found = etcd.keys("reading the first key of a span", part, at, 1);
            if (!found.isEmpty()) {
                return found.get(0);
            }
        }
        return span.start().toByteArray();
    }
}
