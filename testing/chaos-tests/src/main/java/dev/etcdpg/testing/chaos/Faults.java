package dev.etcdpg.testing.chaos;

import dev.etcdpg.testing.stack.Stack;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** What to do for each kind. */
final class Faults {
    private final Map<Kind, Fault> faults = new EnumMap<>(Kind.class);

    Faults(Stack stack, Links links, Rest rest, LongSupplier compactable, Compactions compactions) {
        ServerFaults servers = new ServerFaults(stack);
        faults.put(Kind.KILL, servers::kill);
        faults.put(Kind.FREEZE_WORKER, servers::freeze);
        faults.put(Kind.FREEZE_SERVER, servers::freeze);
        LinkFaults network = new LinkFaults(links);
        faults.put(Kind.CUT, network::cut);
        faults.put(Kind.CUT_AFTER_BYTES, network::cutAfterBytes);
        faults.put(Kind.SWALLOW, network::swallow);
        faults.put(Kind.SWALLOW_AND_CUT, network::swallowAndCut);
        faults.put(Kind.REFUSE, network::refuse);
        EtcdFaults etcd = new EtcdFaults(stack, compactable, compactions, rest);
        faults.put(Kind.COMPACT, etcd::compact);
        faults.put(Kind.COMPACT_UNSEEN, etcd::compactUnseen);
        RestFaults operators = new RestFaults(rest);
        faults.put(Kind.PAUSE, operators::pause);
        faults.put(Kind.STOP, operators::stop);
        faults.put(Kind.RESTART_CONNECTOR, operators::restartConnector);
        faults.put(Kind.RESTART_TASK, operators::restartTask);
        faults.put(Kind.RECONFIGURE, operators::reconfigure);
        PostgresFaults postgres = new PostgresFaults(stack);
        faults.put(Kind.TERMINATE_BACKENDS, postgres::terminate);
        faults.put(Kind.LOCK_ROWS, postgres::lock);
    }

    Fault of(Kind kind) {
        return faults.get(kind);
    }
}
