package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.KeyChange;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.ArrayList;
import java.util.List;

/** Translates jetcd's watch responses. */
final class WatchResponses {

    private WatchResponses() {}

    static WatchInput input(WatchResponse response) {
        if (response.isCreatedNotify()) {
            return new WatchInput.Created();
        }
        if (response.isProgressNotify()) {
            return new WatchInput.Progress(response.getHeader().getRevision());
        }
        return events(response.getEvents());
    }

    private static WatchInput.Events events(List<WatchEvent> events) {
        List<WatchInput.RevisionEvents> revisions = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= events.size(); to++) {
            if (to == events.size() || revision(events.get(to)) != revision(events.get(from))) {
                revisions.add(new WatchInput.RevisionEvents(
                        revision(events.get(from)),
                        events.subList(from, to).stream()
                                .map(WatchResponses::change)
                                .toList()));
                from = to;
            }
        }
        return new WatchInput.Events(
                revisions,
                revisions.stream().mapToInt(WatchInput.RevisionEvents::weight).sum());
    }

    private static long revision(WatchEvent event) {
        return event.getKeyValue().getModRevision();
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
}
