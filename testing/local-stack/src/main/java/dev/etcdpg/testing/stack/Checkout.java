package dev.etcdpg.testing.stack;

import java.nio.file.Path;

/** The folders of the checkout that ./sandbox stands in. */
public final class Checkout {
    private Checkout() {}

    public static Path root() {
        return Path.of(System.getProperty("sandbox.root", ".")).toAbsolutePath().normalize();
    }

    public static Path examples() {
        return root().resolve("config-examples");
    }

    /** Data of what {@code ./sandbox up} started. */
    public static Path upFolder() {
        return root().resolve(".sandbox").resolve("up");
    }

    /** Data of the demo, which may run beside. */
    public static Path demoFolder() {
        return root().resolve(".sandbox").resolve("demo");
    }

    /** Data of a torture; others of the same seed may run beside. */
    public static Path tortureFolder(long seed) {
        return root().resolve(".sandbox")
                .resolve("torture-" + seed + "-" + ProcessHandle.current().pid());
    }
}
