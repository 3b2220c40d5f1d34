package dev.etcdpg.testing.stack;

import java.nio.file.Path;

/** Folders of the checkout that contains ./sandbox. */
public final class Checkout {
    private Checkout() {}

    public static Path root() {
        return Path.of(System.getProperty("sandbox.root", ".")).toAbsolutePath().normalize();
    }

    public static Path examples() {
        return root().resolve("config-examples");
    }

    /** The configurations, users and roles of a secured installation. */
    static Path securityExamples() {
        return examples().resolve("security");
    }

    /** The data of the stack that {@code ./sandbox up} starts. */
    public static Path upFolder() {
        return root().resolve(".sandbox").resolve("up");
    }

    /** The data of the demo, which can run at the same time. */
    public static Path demoFolder() {
        return root().resolve(".sandbox").resolve("demo");
    }

    /** The data of a chaos run of this process. Other runs with the same seed have other folders. */
    public static Path chaosFolder(long seed) {
        return root().resolve(".sandbox")
                .resolve("chaos-" + seed + "-" + ProcessHandle.current().pid());
    }
}
