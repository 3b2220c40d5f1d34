package dev.etcdpg.testing.protocol.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * etcd in memory, with the functions that the connectors use: versions of keys, transactions, reads at a revision, compaction, leases, backup
 * and restore. Requests and responses are etcd's own messages. A key is Latin-1 text with one character for each byte.
 */
public final class InMemoryEtcd {

    /** etcd refuses this value as too large. */
    public static final String TOO_LARGE = "TOO-LARGE";

    /** A version of a key. @param value null if the version is a deletion */
    public record Version(String key, long mod, long create, long version, long lease, ByteString value) {

        public boolean isLive() {
            return value != null;
        }

        public boolean isText() {
            return isLive() && value.isValidUtf8();
        }

        /** @param other null if the version must be a deletion or no text */
        public boolean isValue(String other) {
            return Objects.equals(isText() ? value.toStringUtf8() : null, other);
        }

        KeyValue message() {
            KeyValue.Builder kv = KeyValue.newBuilder().setKey(bytes(key)).setModRevision(mod);
            return isLive()
                    ? kv.setCreateRevision(create)
                            .setVersion(version)
                            .setLease(lease)
                            .setValue(value)
                            .build()
                    : kv.build();
        }
    }

    /** The content of a backup. */
    private record State(TreeMap<String, List<Version>> keys, List<List<Version>> log, Set<Long> leases) {
        State copy() {
            TreeMap<String, List<Version>> copied = new TreeMap<>();
            keys.forEach((key, versions) -> copied.put(key, new ArrayList<>(versions)));
            return new State(copied, new ArrayList<>(log), new HashSet<>(leases));
        }
    }

    private State state = new State(new TreeMap<>(), new ArrayList<>(List.of(List.of(), List.of())), new HashSet<>());
    private State backup;
    private long compacted;
    private boolean losesDeletions;
    private long nextLease = 1;
    private int incarnation;

    public static ByteString bytes(String latin) {
        return ByteString.copyFrom(latin, StandardCharsets.ISO_8859_1);
    }

    private static String text(ByteString bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    public long revision() {
        return state.log.size() - 1L;
    }

    public long compacted() {
        return compacted;
    }

    /** Returns the number of restores. */
    public int incarnation() {
        return incarnation;
    }

    /** Returns the versions that were written at a revision. */
    public List<Version> at(long revision) {
        return state.log.get((int) revision);
    }

    /** Returns the last version of a key, or null if the key never existed. */
    public Version get(String key) {
        List<Version> versions = state.keys.get(key);
        return versions == null ? null : versions.get(versions.size() - 1);
    }

    public List<Version> versions(String key) {
        return state.keys.getOrDefault(key, List.of());
    }

    /** Returns the present keys below a prefix. */
    public Map<String, Version> live(String prefix) {
        Map<String, Version> live = new TreeMap<>();
        for (Map.Entry<String, List<Version>> entry :
                state.keys.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            Version last = entry.getValue().get(entry.getValue().size() - 1);
            if (last.isLive()) {
                live.put(entry.getKey(), last);
            }
        }
        return live;
    }

    /** @param killed whether watches do not get the deletions at the compacted revision, as if etcd was killed during the compaction */
    public void compact(boolean killed) {
        compacted = revision();
        losesDeletions = killed;
    }

    /** Returns the versions of a revision that a watch gets. */
    List<Version> watched(long revision) {
        return losesDeletions && revision == compacted
                ? at(revision).stream().filter(Version::isLive).toList()
                : at(revision);
    }

    public boolean hasBackup() {
        return backup != null;
    }

    public void backUp() {
        backup = state.copy();
    }

    public void restore() {
        state = backup.copy();
        compacted = Math.min(compacted, revision());
        incarnation++;
    }

    // ---- requests of clients

    public long grant() {
        state.leases.add(nextLease);
        return nextLease++;
    }

    public boolean hasLease(long lease) {
        return state.leases.contains(lease);
    }

    public ResponseHeader header() {
        return ResponseHeader.newBuilder()
                .setClusterId(1)
                .setRevision(revision())
                .build();
    }

    public RangeResponse range(RangeRequest request) {
        long at = request.getRevision();
        if (at > revision()) {
            throw Status.OUT_OF_RANGE
                    .withDescription("etcdserver: mvcc: required revision is a future revision")
                    .asRuntimeException();
        } else if (at != 0 && at < compacted) {
            throw Status.OUT_OF_RANGE
                    .withDescription("etcdserver: mvcc: required revision has been compacted")
                    .asRuntimeException();
        }
        RangeResponse.Builder response = RangeResponse.newBuilder().setHeader(header());
        long count = 0;
        for (Version version : span(request.getKey(), request.getRangeEnd(), at == 0 ? revision() : at)) {
            count++;
            if (request.getCountOnly()) {
                continue;
            } else if (request.getLimit() > 0 && response.getKvsCount() == request.getLimit()) {
                response.setMore(true);
            } else {
                KeyValue kv = version.message();
                response.addKvs(
                        request.getKeysOnly() ? kv.toBuilder().clearValue().build() : kv);
            }
        }
        return response.setCount(count).build();
    }

    private List<Version> span(ByteString start, ByteString end, long at) {
        List<Version> found = new ArrayList<>();
        String from = text(start);
        Map<String, List<Version>> keys = end.isEmpty()
                ? state.keys.subMap(from, true, from, true)
                : state.keys.subMap(from, true, text(end), false);
        for (List<Version> versions : keys.values()) {
            for (int i = versions.size() - 1; i >= 0; i--) {
                if (versions.get(i).mod() <= at) {
                    if (versions.get(i).isLive()) {
                        found.add(versions.get(i));
                    }
                    break;
                }
            }
        }
        return found;
    }

    /** Executes a transaction at one revision. */
    public TxnResponse txn(TxnRequest request) {
        boolean succeeded = request.getCompareList().stream().allMatch(this::holds);
        List<RequestOp> ops = succeeded ? request.getSuccessList() : request.getFailureList();
        check(ops);
        long next = revision() + 1;
        List<Version> written = new ArrayList<>();
        TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(succeeded);
        for (RequestOp op : ops) {
            ResponseOp.Builder answer = ResponseOp.newBuilder();
            if (op.hasRequestRange()) {
                answer.setResponseRange(range(op.getRequestRange()));
            } else if (op.hasRequestPut()) {
                written.add(put(op.getRequestPut(), next));
                answer.setResponsePut(io.etcd.jetcd.api.PutResponse.getDefaultInstance());
            } else {
                written.addAll(delete(op.getRequestDeleteRange(), next));
                answer.setResponseDeleteRange(io.etcd.jetcd.api.DeleteRangeResponse.getDefaultInstance());
            }
            response.addResponses(answer);
        }
        if (!written.isEmpty()) {
            state.log.add(List.copyOf(written));
        }
        return response.setHeader(header()).build();
    }

    private void check(List<RequestOp> ops) {
        Set<String> put = new HashSet<>();
        for (RequestOp op : ops) {
            boolean deletes = op.hasRequestDeleteRange()
                    && op.getRequestDeleteRange().getRangeEnd().isEmpty();
            if (deletes && !put.add(text(op.getRequestDeleteRange().getKey()))) {
                throw Status.INVALID_ARGUMENT
                        .withDescription("etcdserver: duplicate key given in txn request")
                        .asRuntimeException();
            } else if (!op.hasRequestPut()) {
                continue;
            }
            PutRequest request = op.getRequestPut();
            if (!put.add(text(request.getKey()))) {
                throw Status.INVALID_ARGUMENT
                        .withDescription("etcdserver: duplicate key given in txn request")
                        .asRuntimeException();
            } else if (request.getLease() != 0 && !hasLease(request.getLease())) {
                throw Status.NOT_FOUND
                        .withDescription("etcdserver: requested lease not found")
                        .asRuntimeException();
            } else if (text(request.getValue()).equals(TOO_LARGE)) {
                throw Status.INVALID_ARGUMENT
                        .withDescription("etcdserver: request is too large")
                        .asRuntimeException();
            }
        }
    }

    private boolean holds(Compare compare) {
        Version version = get(text(compare.getKey()));
        boolean live = version != null && version.isLive();
        int order;
        switch (compare.getTargetUnionCase()) {
            case MOD_REVISION -> order = Long.compare(live ? version.mod() : 0, compare.getModRevision());
            case VALUE -> {
                if (!live) {
                    return false;
                }
                order = version.value().equals(compare.getValue()) ? 0 : 1;
            }
            default -> throw new UnsupportedOperationException(compare.toString());
        }
        return switch (compare.getResult()) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            default -> throw new UnsupportedOperationException(compare.toString());
        };
    }

    private Version put(PutRequest request, long revision) {
        String key = text(request.getKey());
        Version before = get(key);
        boolean live = before != null && before.isLive();
        Version after = new Version(
                key,
                revision,
                live ? before.create() : revision,
                live ? before.version() + 1 : 1,
                request.getLease(),
                request.getValue());
        state.keys.computeIfAbsent(key, k -> new ArrayList<>()).add(after);
        return after;
    }

    private List<Version> delete(DeleteRangeRequest request, long revision) {
        List<Version> gone = new ArrayList<>();
        for (Version version : span(request.getKey(), request.getRangeEnd(), Long.MAX_VALUE)) {
            Version after = new Version(version.key(), revision, 0, 0, 0, null);
            state.keys.get(version.key()).add(after);
            gone.add(after);
        }
        return gone;
    }
}
