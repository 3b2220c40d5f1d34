package dev.etcdpg.sandbox.demo;

/** A check of the demo failed. */
final class CheckFailed extends RuntimeException {

    CheckFailed(String message) {
        super(message);
    }
}
