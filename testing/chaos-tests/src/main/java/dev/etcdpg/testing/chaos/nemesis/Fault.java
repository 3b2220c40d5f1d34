package dev.etcdpg.testing.chaos.nemesis;

import dev.etcdpg.testing.servers.ServerException;
import java.sql.SQLException;
import java.util.function.Consumer;

/** Does something bad and heals it. */
@FunctionalInterface
public interface Fault {
    /**
     * Returns when it is healed, also when it throws.
     *
     * @param say takes what was done, in a few words, once it is done and before it is healed
     * @throws ServerException if it could not be done, or not be healed, because of another fault
     * @throws SQLException for the same reason
     */
    void inflict(ScheduledFault step, Consumer<String> say) throws InterruptedException, SQLException;
}
