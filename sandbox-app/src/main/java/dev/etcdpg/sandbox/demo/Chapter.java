package dev.etcdpg.sandbox.demo;

/** One part of the story. */
interface Chapter {
    String title();

    /** Whether a check is about time, so that a busy machine fails it. */
    default boolean isTimed() {
        return false;
    }

    /** Tells it; a check that does not hold throws {@link DoesNotHold}. */
    void tell(World world) throws Exception;
}
