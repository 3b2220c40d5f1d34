package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a short command to its end. */
final class Command {
    private static final long TIMEOUT_SECONDS = 600;

    private Command() {}

    /** Returns the standard output. Throws {@link ServerException} with the standard error if the exit status is not 0. */
    static String run(List<String> command, Map<String, String> environment) {
        Path out = null;
        Path err = null;
        try {
            out = Files.createTempFile("command", ".out");
            err = Files.createTempFile("command", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new ServerException(command.get(0) + " did not end within " + TIMEOUT_SECONDS + " s");
            }
            String printed = text(out);
            if (process.exitValue() != 0) {
                throw new ServerException(String.join(" ", command) + " ended with status " + process.exitValue() + ": "
                        + text(err).strip());
            }
            return printed;
        } catch (IOException e) {
            throw new ServerException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted while running " + command.get(0), e);
        } finally {
            Folders.delete(out);
            Folders.delete(err);
        }
    }

    static String run(List<String> command) {
        return run(command, Map.of());
    }

    /** Returns the absolute path of a program on PATH, or null. */
    static Path onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String entry : path.split(":")) {
            Path candidate = Path.of(entry.isEmpty() ? "." : entry, program).toAbsolutePath();
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** Decodes a file. Malformed bytes, which a value can contain, become replacement characters. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
