package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.record.EtcdRecord;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sources that have written a topic partition. One source is the current one. Another source may replace it, for example when the connector
 * gets another name, or etcd is replaced. A source that was replaced must not write again: then two sources write one topic.
 */
public final class KnownSources {

    /**
     * Identifies a source.
     *
     * @param name name of the connector
     * @param clusterId cluster id of etcd, in hexadecimal
     */
    public record Identity(String name, String clusterId) {

        static Identity of(EtcdRecord.Source source) {
            return new Identity(source.name(), source.clusterId());
        }

        @Override
        public String toString() {
            return "connector \"" + name + "\" of etcd cluster " + clusterId;
        }
    }

    /** Value in {@link #all()} of the current source. */
    public static final long CURRENT = Long.MAX_VALUE;

    private final Map<Identity, Long> through;
    private @Nullable Identity current;
    private boolean changed;

    /** @param through the highest number up to which records of each source are accepted; {@link #CURRENT} for the current source */
    KnownSources(Map<Identity, Long> through) {
        this.through = new HashMap<>(through);
        through.forEach((identity, number) -> {
            if (number == CURRENT) {
                current = identity;
            }
        });
    }

    KnownSources copy() {
        KnownSources copy = new KnownSources(through);
        copy.changed = changed;
        return copy;
    }

    /** Returns the highest number up to which records of each source are accepted. */
    public Map<Identity, Long> all() {
        return Map.copyOf(through);
    }

    /** Returns the current source, or null before the first record. */
    public @Nullable Identity current() {
        return current;
    }

    /** Returns whether the sources differ from those that are saved. */
    public boolean isChanged() {
        return changed;
    }

    /** Records that the sources are saved. */
    public void saved() {
        changed = false;
    }

    /**
     * Returns whether a record comes from a source that was replaced before it sent the record. Records that such a source sent earlier are
     * accepted: they are read again after offsets were altered.
     */
    boolean isReplaced(Identity source, long number) {
        return number > through.getOrDefault(source, CURRENT);
    }

    /** Returns whether the source is new in this partition, so that it would replace the current one. */
    boolean isNew(Identity source) {
        return !through.containsKey(source);
    }

    /**
     * Makes a new source the current one.
     *
     * @param lastNumber highest number that was taken before
     */
    void replaceBy(Identity source, long lastNumber) {
        if (current != null) {
            through.put(current, lastNumber);
        }
        through.put(source, CURRENT);
        current = source;
        changed = true;
    }
}
