package dev.etcdpg.sandbox.demo;

/** A part of the demo. */
interface Chapter {
    String title();

    /** Whether a check measures time, so that a busy machine fails it. */
    default boolean isTimed() {
        return false;
    }

    /** Runs the chapter. A failed check throws {@link CheckFailed}. */
    void tell(DemoWorld world) throws Exception;
}
