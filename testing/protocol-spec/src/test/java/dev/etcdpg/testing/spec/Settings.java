package dev.etcdpg.testing.spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder of the specification and the chosen bounds. The build sets them as system properties. */
final class Settings {

    static final Path SPECS = Path.of(System.getProperty("spec.folder", "../../docs/protocol"));

    private static final Path WORK = Path.of(System.getProperty("spec.work", "target/tlc"));
    private static final boolean LARGE = "large".equals(System.getProperty("spec.bounds"));

    private Settings() {}

    static Tlc tlc() {
        return LARGE ? new Tlc(SPECS, WORK, "2g", 120) : new Tlc(SPECS, WORK, "1g", 10);
    }

    /** Returns the configurations of every build. */
    static List<Config> small() {
        return Config.in(SPECS);
    }

    /** Returns the configurations for the chosen bounds. */
    static List<Config> chosen() {
        List<Config> all = new ArrayList<>(small());
        if (LARGE) {
            all.addAll(Config.in(SPECS.resolve("large")));
        }
        return all;
    }
}
