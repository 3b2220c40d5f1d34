package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.chaos.history.Compactions;
import dev.etcdpg.testing.stack.Stack;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** The fault of each kind. */
public final class Faults {
    private final Map<FaultKind, Fault> faults = new EnumMap<>(FaultKind.class);

    public Faults(Stack stack, Links links, AnsweringWorker rest, LongSupplier compactable, Compactions compactions) {
        ServerFaults servers = new ServerFaults(stack);
        faults.put(FaultKind.KILL, servers::kill);
        faults.put(FaultKind.FREEZE_WORKER, servers::freeze);
        faults.put(FaultKind.FREEZE_SERVER, servers::freeze);
        LinkFaults network = new LinkFaults(links);
        faults.put(FaultKind.CUT, network::cut);
        faults.put(FaultKind.CUT_AFTER_BYTES, network::cutAfterBytes);
        faults.put(FaultKind.SWALLOW, network::swallow);
        faults.put(FaultKind.SWALLOW_AND_CUT, network::swallowAndCut);
        faults.put(FaultKind.REFUSE, network::refuse);
        EtcdFaults etcd = new EtcdFaults(stack, compactable, compactions, rest);
        faults.put(FaultKind.COMPACT, etcd::compact);
        faults.put(FaultKind.COMPACT_UNSEEN, etcd::compactUnseen);
        RestFaults operators = new RestFaults(rest);
        faults.put(FaultKind.PAUSE, operators::pause);
        faults.put(FaultKind.STOP, operators::stop);
        faults.put(FaultKind.RESTART_CONNECTOR, operators::restartConnector);
        faults.put(FaultKind.RESTART_TASK, operators::restartTask);
        faults.put(FaultKind.RECONFIGURE, operators::reconfigure);
        PostgresFaults postgres = new PostgresFaults(stack);
        faults.put(FaultKind.TERMINATE_BACKENDS, postgres::terminate);
        faults.put(FaultKind.LOCK_ROWS, postgres::lock);
        faults.put(FaultKind.FILL_NOTIFY_QUEUE, postgres::fillNotifyQueue);
        faults.put(FaultKind.LONG_OUTAGE, servers::kill);
        faults.put(FaultKind.LONG_FREEZE, servers::freeze);
    }

    public Fault of(FaultKind kind) {
        return faults.get(kind);
    }
}
