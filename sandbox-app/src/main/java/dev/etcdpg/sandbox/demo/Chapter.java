package dev.etcdpg.sandbox.demo;

/** One part of the story. */
interface Chapter {
    String title();

    /** Tells it; a check that does not hold throws {@link DoesNotHold}. */
    void tell(World world) throws Exception;
}
