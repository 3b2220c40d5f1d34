package dev.etcdpg.sandbox;

import java.nio.file.Path;

/** The folders of the checkout that ./sandbox stands in. */
final class Checkout {
    private Checkout() {}

    static Path root() {
        return Path.of(System.getProperty("sandbox.root", ".")).toAbsolutePath().normalize();
    }

    static Path examples() {
        return root().resolve("config-examples");
    }

    /** Data of what {@code ./sandbox up} started. */
    static Path upFolder() {
        return root().resolve(".sandbox").resolve("up");
    }

    /** Data of the demo, which may run beside. */
    static Path demoFolder() {
        return root().resolve(".sandbox").resolve("demo");
    }

    /** Data of a torture; others of the same seed may run beside. */
    static Path tortureFolder(long seed) {
        return root().resolve(".sandbox")
                .resolve("torture-" + seed + "-" + ProcessHandle.current().pid());
    }
}
