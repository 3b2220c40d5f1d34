package dev.etcdpg.etcd.sink.read;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.config.TopicConfig;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.sink.read.SinkInstruction.PlainWrite;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Rejected;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Send;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Reads the instruction of a record. The reason for a rejection or a failure never contains a value. */
public final class InstructionReader {

    private final Map<String, Route> routes;
    private final Set<String> sendTopics;

    /** @param topicPrefix topics {@code <topicPrefix>.<route>} contain numbered records only */
    public InstructionReader(List<Route> routes, String topicPrefix) {
        this.routes = routes.stream().collect(Collectors.toMap(Route::name, Function.identity()));
        this.sendTopics = routes.stream().map(route -> route.topic(topicPrefix)).collect(Collectors.toSet());
    }

    /**
     * Reads a record.
     *
     * @throws ConnectException if the record is about a route whose prefix in the database is not the prefix in the settings
     */
    public SinkInstruction read(SinkRecord record) {
        if (PgRecordCodec.isSend(record.value())) {
            try {
                PgRecord send = PgRecordCodec.decode(record.value());
                checkPrefix(record, send);
                return new Send(record, send, PgRecordCodec.database(record.value()), impossible(send));
            } catch (DataException e) {
                return new Rejected(record, String.valueOf(e.getMessage()));
            }
        }
        if (sendTopics.contains(record.topic())) {
            // a tombstone, for example: as a plain record it would delete a key without a compare
            return new Rejected(record, "not a numbered send, and topic " + record.topic() + " carries nothing else");
        }
        return plain(record);
    }

    /**
     * Checks that database and settings mean the same keys by a route. Otherwise each change would be held as one that etcd can never take, and
     * would stay held after the setting is repaired.
     */
    private void checkPrefix(SinkRecord record, PgRecord send) {
        String prefix = PgRecordCodec.prefix(record.value());
        Route route = routes.get(send.route());
        if (prefix != null && route != null && !route.prefix().equals(prefix)) {
            throw new ConnectException(record.originalTopic() + "-" + record.originalKafkaPartition() + " offset "
                    + record.originalKafkaOffset() + ": a database mirrors the prefix \"" + prefix + "\" as route "
                    + route.name() + ", and the settings of this connector say \"" + route.prefix()
                    + "\". Nothing was written. Set " + RouteConfig.PREFIX + " (or " + RouteConfig.ROUTES + ") to \""
                    + prefix
                    + "\". If another database should not write this topic, give its source another "
                    + TopicConfig.PREFIX
                    + ", and move the connector past its records (PATCH /connectors/<name>/offsets).");
        }
    }

    private @Nullable String impossible(PgRecord send) {
        String key = send.key();
        Route route = routes.get(send.route());
        if (route == null) {
            return "its route is not a route of this connector";
        } else if (key != null && !route.contains(key)) {
            return "the key is outside route " + route.name() + ", whose keys begin with " + route.prefix();
        }
        return hasNegativeLease(send) ? "its lease is negative, and the etcd client accepts no negative lease" : null;
    }

    /** Returns whether the change has a negative lease id, which etcd accepts from a client that chooses the id itself. */
    private static boolean hasNegativeLease(PgRecord send) {
        return send instanceof PgRecord.Change change && change.value() != null && change.lease() < 0;
    }

    private SinkInstruction plain(SinkRecord record) {
        EtcdBytes key = bytes(record.key());
        EtcdBytes value = bytes(record.value());
        if (key == null || key.isEmpty()) {
            return new Rejected(record, "the record key of a plain topic must be a string or bytes: the etcd key");
        } else if (routes.values().stream().noneMatch(route -> route.contains(key.toByteArray()))) {
            return new Rejected(record, "the key is outside every route of this connector");
        } else if (value == null && record.value() != null) {
            return new Rejected(record, "the value of a plain topic must be a string, bytes or null");
        }
        return new PlainWrite(record, key, value);
    }

    private static @Nullable EtcdBytes bytes(@Nullable Object value) {
        if (value instanceof String text) {
            return EtcdBytes.of(text);
        }
        return value instanceof byte[] bytes ? EtcdBytes.of(bytes) : null;
    }
}
