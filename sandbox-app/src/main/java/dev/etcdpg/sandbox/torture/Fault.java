package dev.etcdpg.sandbox.torture;

import java.util.function.Consumer;

/** Does something bad and heals it. */
@FunctionalInterface
interface Fault {
    /**
     * Returns when it is healed, also when it throws.
     *
     * @param say takes what was done, in a few words
     * @throws Exception if it could not be done, because of another fault
     */
    void inflict(Step step, Consumer<String> say) throws Exception;
}
