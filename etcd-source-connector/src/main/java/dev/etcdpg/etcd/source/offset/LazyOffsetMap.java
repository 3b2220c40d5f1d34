package dev.etcdpg.etcd.source.offset;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An offset as the map that Connect stores. The map is built when Connect first reads it. Each revision has an offset, but Connect stores only
 * the last one before each commit, so most maps are never built and most values are never hashed. Thread-safe.
 */
public final class LazyOffsetMap extends AbstractMap<String, Object> {

    private final SourceOffset offset;
    private @Nullable Map<String, Object> map;

    public LazyOffsetMap(SourceOffset offset) {
        this.offset = offset;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return map().entrySet();
    }

    @Override
    public boolean containsKey(Object key) {
        return map().containsKey(key);
    }

    @Override
    public @Nullable Object get(Object key) {
        return map().get(key);
    }

    private synchronized Map<String, Object> map() {
        if (map == null) {
            map = Collections.unmodifiableMap(OffsetFormat.toMap(offset));
        }
        return map;
    }
}
