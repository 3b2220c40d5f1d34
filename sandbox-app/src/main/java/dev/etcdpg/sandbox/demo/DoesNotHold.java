package dev.etcdpg.sandbox.demo;

/** A check of the story did not hold. */
final class DoesNotHold extends RuntimeException {

    DoesNotHold(String message) {
        super(message);
    }
}
