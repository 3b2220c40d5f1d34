package dev.etcdpg.etcd.source;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.client.BookkeepingKeys;
import dev.etcdpg.etcd.source.decide.BookkeepingEvents;
import dev.etcdpg.etcd.source.decide.EtcdState;
import dev.etcdpg.etcd.source.decide.KeyChange;
import dev.etcdpg.etcd.source.history.HistoryCheck;
import dev.etcdpg.etcd.source.offset.OffsetBook;
import dev.etcdpg.etcd.source.offset.SourceOffset.LastEvent;
import dev.etcdpg.etcd.source.snapshot.Page;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The source's requests to etcd, each with a deadline. All throw {@link EtcdFailure}, and {@link
 * org.apache.kafka.connect.errors.ConnectException} when it is time to give up.
 */
public final class EtcdReader {

    private static final int FAILURES_BEFORE_A_NEW_CLIENT = 3;

    private final EtcdConnection etcd;
    private final BookkeepingKeys keys;
    private final Duration timeout;
    private final Patience patience;

    /** @param patience is told of every success and failure; while it waits, nothing is asked */
    public EtcdReader(EtcdConnection etcd, BookkeepingKeys keys, Duration timeout, Patience patience) {
        this.etcd = etcd;
        this.keys = keys;
        this.timeout = timeout;
        this.patience = patience;
    }

    /** Leaves all connections for new ones: watches end, and are to be opened again. */
    public void renew() {
        etcd.renew();
    }

    /** Where etcd is now: linearizable, so never behind what was seen of the same history. */
    public EtcdState state() {
        GetResponse response = await("reading the epoch", () -> etcd.kv().get(bytes(keys.epoch())));
        List<KeyValue> found = response.getKvs();
        return new EtcdState(
                found.isEmpty()
                        ? 0
                        : BookkeepingEvents.epoch(found.get(0).getValue().getBytes()),
                found.isEmpty() ? 0 : found.get(0).getModRevision(),
                response.getHeader().getRevision(),
                Long.toHexString(response.getHeader().getClusterId()));
    }

    /**
     * Writes a new epoch, unless somebody else has written one since {@code found} was read: look again afterwards.
     *
     * @return whether it was written
     */
    public boolean raiseEpoch(EtcdState found, long seen, long nowMillis) {
        ByteSequence key = bytes(keys.epoch());
        long epoch = Math.max(nowMillis, Math.max(found.epoch(), seen) + 1);
        return await("writing a new epoch", () -> etcd.kv()
                        .txn()
                        .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(found.epochRevision())))
                        .Then(Op.put(key, bytes(Long.toString(epoch)), PutOption.DEFAULT))
                        .commit())
                .isSucceeded();
    }

    /**
     * Up to {@code limit} keys of the span as they were at a revision, in order.
     *
     * @param revision 0 for now
     */
    public Page page(KeySpan span, long revision, int limit) {
        // without a sort order: etcd has the keys in order, and with one it would read the whole span for each page
        GetResponse response =
                await("reading keys from " + span.start().toString(StandardCharsets.UTF_8), () -> etcd.kv()
                        .get(
                                span.start(),
                                GetOption.builder()
                                        .withRange(span.end())
                                        .withRevision(revision)
                                        .withLimit(limit)
                                        .build()));
        return new Page(
                revision == 0 ? response.getHeader().getRevision() : revision,
                response.getKvs().stream().map(EtcdReader::change).toList(),
                response.isMore());
    }

    /** The keys of all requests for a route's snapshot, as they were at a revision. */
    public List<KeyChange> requests(String route, long revision) {
        KeySpan span = KeySpan.prefix(keys.requests(route));
        return await("reading requests", () -> etcd.kv()
                        .get(
                                span.start(),
                                GetOption.builder()
                                        .withRange(span.end())
                                        .withRevision(revision)
                                        .build()))
                .getKvs()
                .stream()
                .map(EtcdReader::change)
                .toList();
    }

    /** How many keys live in the span at a revision, 0 for now. */
    public long count(KeySpan span, long revision) {
        return await("counting keys", () -> etcd.kv()
                        .get(
                                span.start(),
                                GetOption.builder()
                                        .withRange(span.end())
                                        .withRevision(revision)
                                        .withCountOnly(true)
                                        .build()))
                .getCount();
    }

    /** The key, empty if it is absent. */
    public Optional<KeyChange> read(String key) {
        return await("reading " + key, () -> etcd.kv().get(bytes(key))).getKvs().stream()
                .map(EtcdReader::change)
                .findFirst();
    }

    /**
     * Writes a key unless somebody else has done so.
     *
     * @param found its mod_revision, 0 if it was absent
     * @return whether it was written
     */
    public boolean write(String name, String value, long found) {
        ByteSequence key = bytes(name);
        return await("writing " + name, () -> etcd.kv()
                        .txn()
                        .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(found)))
                        .Then(Op.put(key, bytes(value), PutOption.DEFAULT))
                        .commit())
                .isSucceeded();
    }

    /** Fails if the key could not be written; writes nothing. */
    public void tryToWrite(String name) {
        ByteSequence key = bytes(name);
        // etcd looks at the permissions of a branch that is not taken, too
        await("trying to write " + name, () -> etcd.kv()
                .txn()
                .If(new Cmp(key, Cmp.Op.LESS, CmpTarget.version(0)))
                .Then(Op.put(key, ByteSequence.EMPTY, PutOption.DEFAULT))
                .commit());
    }

    /**
     * Removes a request that is answered, unless it was made again; if it concerns other ranges of the route, too, the last of them to come
     * here removes it.
     *
     * @param number of the request
     * @param own the caller's range
     * @param concerned all ranges that it concerns
     */
    public void removeRequest(KeyChange request, String route, long number, KeyRange own, List<KeyRange> concerned) {
        ByteSequence key = ByteSequence.from(request.key());
        KeySpan marks = KeySpan.prefix(keys.answeredParts(route, number));
        if (concerned.size() > 1) {
            String mark = keys.answeredParts(route, number) + own.after();
            await("marking a request as answered", () -> etcd.kv().put(bytes(mark), bytes(mark(request, own))));
            Set<String> done = await("reading which ranges have answered a request", () -> etcd.kv()
                            .get(
                                    marks.start(),
                                    GetOption.builder().withRange(marks.end()).build()))
                    .getKvs()
                    .stream()
                    .map(kv -> kv.getValue().toString(StandardCharsets.UTF_8))
                    .collect(Collectors.toSet());
            if (!concerned.stream().allMatch(range -> done.contains(mark(request, range)))) {
                return;
            }
        }
        await("removing an answered request", () -> etcd.kv()
                .txn()
                .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(request.modRevision())))
                .Then(
                        Op.delete(key, DeleteOption.DEFAULT),
                        Op.delete(
                                marks.start(),
                                DeleteOption.builder().withRange(marks.end()).build()))
                .commit());
    }

    private static String mark(KeyChange request, KeyRange range) {
        return request.modRevision() + " " + range.after() + "\n" + range.through();
    }

    /** What etcd has of an event that was delivered. */
    public HistoryCheck.LastEvent find(LastEvent event) {
        KeySpan span = new KeySpan(bytes(event.key()), bytes(event.key() + '\0'));
        try {
            Page found = page(span, event.revision(), 1);
            boolean same = event.hash().isEmpty()
                    ? found.rows().isEmpty() && wasThereBefore(span, event.revision())
                    : found.rows().stream()
                            .anyMatch(row -> row.modRevision() == event.revision()
                                    && OffsetBook.hash(row.value()).equals(event.hash()));
            return same ? HistoryCheck.LastEvent.AS_REMEMBERED : HistoryCheck.LastEvent.OTHERWISE;
        } catch (EtcdFailure e) {
            return switch (e.kind()) {
                case COMPACTED -> HistoryCheck.LastEvent.UNKNOWN;
                case FUTURE -> HistoryCheck.LastEvent.OTHERWISE;
                default -> throw e;
            };
        }
    }

    /** Whether what was deleted at a revision lived before; true if that is compacted. */
    private boolean wasThereBefore(KeySpan span, long revision) {
        try {
            return !page(span, revision - 1, 1).rows().isEmpty();
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                return true;
            }
            throw e;
        }
    }

    private static KeyChange change(KeyValue kv) {
        return new KeyChange(
                kv.getKey().getBytes(),
                kv.getValue().getBytes(),
                kv.getModRevision(),
                kv.getCreateRevision(),
                kv.getVersion(),
                kv.getLease());
    }

    private <T> T await(String what, Supplier<CompletableFuture<T>> request) {
        if (!patience.mayTry()) {
            throw EtcdFailure.notNow(what);
        }
        CompletableFuture<T> call = request.get();
        try {
            T answer = call.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            patience.succeeded(what);
            return answer;
        } catch (TimeoutException e) {
            call.cancel(true);
            throw failed(what, new TimeoutException("no answer within " + timeout.toMillis() + " ms"));
        } catch (ExecutionException e) {
            throw failed(what, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(what, e);
        }
    }

    private EtcdFailure failed(String what, Throwable cause) {
        EtcdFailure failure = new EtcdFailure(what, cause);
        if (failure.kind() == EtcdFailure.Kind.COMPACTED
                || failure.kind() == EtcdFailure.Kind.FUTURE
                || failure.kind() == EtcdFailure.Kind.TOO_LARGE) {
            patience.succeeded(what);
            return failure;
        }
        patience.failed(what, failure);
        if (patience.failuresInARow() % FAILURES_BEFORE_A_NEW_CLIENT == 0) {
            etcd.renew();
        }
        return failure;
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
