package dev.etcdpg.testing.servers;

/** Lines for a person who waits, on standard error. */
final class Progress {
    private Progress() {}

    static void say(String line) {
        System.err.println(line);
    }
}
