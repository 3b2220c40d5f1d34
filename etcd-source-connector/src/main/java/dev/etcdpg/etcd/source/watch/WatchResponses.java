package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.client.LargeWatchResponses;
import dev.etcdpg.etcd.kv.KeyChange;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.List;
import java.util.function.Consumer;

/** Translates jetcd's watch responses. */
final class WatchResponses {

    private WatchResponses() {}

    /** @param inputs receives the inputs that the response contains; a large response contains several */
    static void translate(WatchResponse response, Consumer<WatchInput> inputs) {
        if (response.isCreatedNotify()) {
            inputs.accept(new WatchInput.Created());
        } else if (response.isProgressNotify()) {
            inputs.accept(new WatchInput.Progress(response.getHeader().getRevision()));
        } else {
            translate(response.getEvents(), new EventParts(inputs));
        }
    }

    private static void translate(List<WatchEvent> events, EventParts parts) {
        for (WatchEvent event : events) {
            KeyValue kv = event.getKeyValue();
            if (LargeWatchResponses.isSlice(kv.getKey().getBytes())) {
                LargeWatchResponses.forEachEvent(kv.getValue().getBytes(), inSlice -> parts.add(change(inSlice)));
            } else {
                parts.add(change(event));
            }
        }
        parts.end();
    }

    private static KeyChange change(WatchEvent event) {
        KeyValue kv = event.getKeyValue();
        return new KeyChange(
                kv.getKey().getBytes(),
                event.getEventType() == WatchEvent.EventType.DELETE
                        ? null
                        : kv.getValue().getBytes(),
                kv.getModRevision(),
                kv.getCreateRevision(),
                kv.getVersion(),
                kv.getLease());
    }

    private static KeyChange change(Event event) {
        io.etcd.jetcd.api.KeyValue kv = event.getKv();
        return new KeyChange(
                kv.getKey().toByteArray(),
                event.getType() == Event.EventType.DELETE ? null : kv.getValue().toByteArray(),
                kv.getModRevision(),
                kv.getCreateRevision(),
                kv.getVersion(),
                kv.getLease());
    }
}
