package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.etcd.kv.EtcdBytes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Says what a record asks for. Reasons never contain a value. */
final class ItemReader {

    private final Map<String, Route> routes;
    private final Set<String> sendTopics;

    /** @param topicPrefix topics {@code <topicPrefix>.<route>} carry numbered sends only */
    ItemReader(List<Route> routes, String topicPrefix) {
        this.routes = routes.stream().collect(Collectors.toMap(Route::name, Function.identity()));
        this.sendTopics = routes.stream().map(route -> route.topic(topicPrefix)).collect(Collectors.toSet());
    }

    Item read(SinkRecord record) {
        if (PgRecordCodec.isSend(record.value())) {
            try {
                PgRecord send = PgRecordCodec.decode(record.value());
                return new Item.Send(record, send, impossible(send));
            } catch (DataException e) {
                return new Item.Bad(record, e.getMessage());
            }
        }
        if (sendTopics.contains(record.topic())) {
            // A tombstone, say. Taken for a plain record it would delete a key without a compare.
            return new Item.Bad(record, "not a numbered send, and topic " + record.topic() + " carries nothing else");
        }
        return plain(record);
    }

    private String impossible(PgRecord send) {
        String key = PgRecordCodec.key(send);
        Route route = routes.get(send.route());
        if (route == null) {
            return "its route is none of this connector's";
        } else if (key != null && !route.contains(key)) {
            return "the key is outside route " + route.name() + ", whose keys begin with " + route.prefix();
        }
        return isLeasedNegatively(send) ? "its lease is negative: the etcd client takes none such" : null;
    }

    /** etcd takes such leases from clients that ask for one. */
    private static boolean isLeasedNegatively(PgRecord send) {
        return send instanceof PgRecord.Change change && change.value() != null && change.lease() < 0;
    }

    private Item plain(SinkRecord record) {
        EtcdBytes key = bytes(record.key());
        EtcdBytes value = bytes(record.value());
        if (key == null || key.isEmpty()) {
            return new Item.Bad(record, "the record key of a plain topic must be a string or bytes: the etcd key");
        } else if (routes.values().stream().noneMatch(route -> route.contains(key.toByteArray()))) {
            return new Item.Bad(record, "the key is outside every route of this connector");
        } else if (value == null && record.value() != null) {
            return new Item.Bad(record, "the value of a plain topic must be a string, bytes or null");
        }
        return new Item.Plain(record, key, value);
    }

    private static EtcdBytes bytes(Object value) {
        if (value instanceof String text) {
            return EtcdBytes.of(text);
        }
        return value instanceof byte[] bytes ? EtcdBytes.of(bytes) : null;
    }
}
