package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.record.EtcdRecord;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the records of a topic partition come from one source that reads the prefix of the route. A manifest of another prefix would
 * claim that all keys are gone.
 */
final class SourceCheck {

    private SourceCheck() {}

    /**
     * Returns a sentence that says why the record must not be applied; null if it may be applied.
     *
     * @param anotherCluster whether a source may read another etcd cluster than the current source
     */
    static @Nullable String refusal(EtcdRecord record, PartitionState state, boolean anotherCluster) {
        EtcdRecord.Source source = record.source();
        if (source.equals(EtcdRecord.Source.NONE)) {
            return null;
        }
        KnownSources.Identity identity = KnownSources.Identity.of(source);
        String prefix = state.route().prefix();
        if (!source.prefix().equals(prefix)) {
            return identity + " reads the prefix " + source.prefix() + ", but route "
                    + state.route().name() + " mirrors the prefix " + prefix;
        }
        KnownSources.Identity current = state.sources().current();
        if (state.sources().isReplaced(identity, record.chain().number())) {
            return identity + " writes again, although " + current + " has replaced it";
        }
        boolean changesCluster = current != null
                && state.sources().isNew(identity)
                && !current.clusterId().equals(identity.clusterId());
        return changesCluster && !anotherCluster
                ? identity + " reads another etcd cluster than " + current
                        + ", from which the route was read before (if etcd was replaced on purpose, set "
                        + "history.policy=resnapshot)"
                : null;
    }

    /** Returns the source that the sender of the record replaces; null if there is none. */
    static KnownSources.@Nullable Identity accept(EtcdRecord record, PartitionState state) {
        EtcdRecord.Source source = record.source();
        KnownSources.Identity identity = KnownSources.Identity.of(source);
        if (source.equals(EtcdRecord.Source.NONE) || !state.sources().isNew(identity)) {
            return null;
        }
        KnownSources.Identity replaced = state.sources().current();
        state.sources().replaceBy(identity, state.chain().lastOfAll());
        return Objects.equals(replaced, identity) ? null : replaced;
    }
}
