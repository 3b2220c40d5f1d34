package dev.etcdpg.testing.servers;

/** Prints lines on standard error for a user who waits. */
final class ProgressLines {
    private ProgressLines() {}

    static void say(String line) {
        System.err.println(line);
    }
}
