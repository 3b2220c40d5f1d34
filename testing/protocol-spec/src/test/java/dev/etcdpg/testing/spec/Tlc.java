package dev.etcdpg.testing.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs TLC. Each run is a process, because TLC keeps its state in static fields. */
final class Tlc {

    private final Path specs;
    private final Path work;
    private final String heap;
    private final long minutes;

    /**
     * @param specs the folder of the .tla files
     * @param work the folder for configurations, states and outputs
     * @param heap the largest heap, in the format of -Xmx
     * @param minutes the time limit of a run
     */
    Tlc(Path specs, Path work, String heap, long minutes) {
        this.specs = specs.toAbsolutePath().normalize();
        this.work = work.toAbsolutePath();
        this.heap = heap;
        this.minutes = minutes;
    }

    Report check(Config config) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(work.resolve(config.name()));
        copySpecs(folder);
        Files.writeString(folder.resolve("model.cfg"), config.text());
        Path output = folder.resolve("output.txt");
        // TLC unpacks its library modules into the folder for temporary files
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Path states = Files.createDirectories(folder.resolve("states"));
        long start = System.nanoTime();
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "tlc2.TLC",
                        "-nowarning",
                        "-workers",
                        "1",
                        "-fp",
                        "0",
                        "-metadir",
                        states.toString(),
                        "-config",
                        "model.cfg",
                        config.module() + ".tla"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
                throw new IllegalStateException(config + " did not end within " + minutes + " minutes: see " + output);
            }
        } finally {
            process.destroyForcibly();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String liveness = config.judged().contains("Settles") ? "Settles" : "";
        return Report.of(config.name(), process.exitValue(), Files.readString(output), liveness, seconds, output);
    }

    /** Copies the modules, because TLC reads only from one folder. */
    private void copySpecs(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(specs)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".tla")).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
