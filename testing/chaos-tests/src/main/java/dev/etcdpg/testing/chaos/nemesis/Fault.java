package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.ServerException;
import java.sql.SQLException;
import java.util.function.Consumer;

/** Inflicts a fault and heals it. */
@FunctionalInterface
public interface Fault {
    /**
     * Inflicts the fault. The fault is healed when this method returns or throws.
     *
     * @param say receives a short description, after the fault was inflicted and before it is healed
     * @throws ServerException if another fault prevented the fault or its healing
     * @throws SQLException for the same reason
     */
    void inflict(ScheduledFault step, Consumer<String> say) throws InterruptedException, SQLException;
}
