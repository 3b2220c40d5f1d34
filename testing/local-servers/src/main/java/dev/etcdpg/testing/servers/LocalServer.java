package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A real server as a process of its own on loopback. Its ports and data stay the same over {@link #kill()} and
 * {@link #start()}; {@link #close()} kills it and removes its data. All children die with this JVM, unless built
 * {@code detached()}, and their data goes with them, unless it is in a {@code folder()} of the caller's. Thread-safe.
 */
public abstract class LocalServer implements AutoCloseable {
    private static final Set<LocalServer> OF_THIS_JVM = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> OF_THIS_JVM.forEach(LocalServer::remove), "local-servers-removal"));
    }

    private final String name;
    private final Path folder;
    private final boolean keepsFolder;
    private final ServerProcess process;
    private final Properties ports = new Properties();

    LocalServer(Builder<?> builder) {
        this.name = builder.name;
        this.keepsFolder = builder.folder == null && Files.isDirectory(Path.of("target"));
        this.folder = builder.folder == null
                ? Folders.forServer(name)
                : builder.folder.toAbsolutePath().normalize();
        this.process = new ServerProcess(folder, builder.detached);
        try {
            Files.createDirectories(folder);
            if (Files.exists(portsFile())) {
                try (var in = Files.newInputStream(portsFile())) {
                    ports.load(in);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (builder.folder == null && !builder.detached) {
            OF_THIS_JVM.add(this);
        }
    }

    /** Prepares files and gives the command line; runs before every start. */
    abstract List<String> command() throws IOException;

    /** True when the server answers; an exception counts as "not yet" and ends up in the error message. */
    abstract boolean isReady() throws Exception;

    abstract Duration startTimeout();

    Map<String, String> environment() {
        return Map.of();
    }

    /** Starts the server, on its old data if there is any, and returns when it answers. Does nothing when it runs. */
    public final synchronized void start() {
        launch();
        awaitReady();
    }

    /** Starts the process without waiting for an answer. */
    final synchronized void launch() {
        if (process.isAlive()) {
            return;
        }
        try {
            process.launch(command(), environment(), folder);
        } catch (IOException e) {
            throw new ServerException("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    final void awaitReady() {
        Exception[] last = new Exception[1];
        Wait.until(
                startTimeout(),
                () -> {
                    if (!process.isAlive()) {
                        throw failure("ended while starting", last[0]);
                    }
                    try {
                        return isReady();
                    } catch (Exception notYet) {
                        last[0] = notYet;
                        return false;
                    }
                },
                () -> failure("did not answer within " + startTimeout().toSeconds() + " s", last[0]));
    }

    private ServerException failure(String what, Exception cause) {
        return new ServerException(
                name + " " + what + (cause == null ? "" : " (" + cause.getMessage() + ")") + ". The end of " + log()
                        + ":\n" + process.logTail(),
                cause);
    }

    /** SIGKILL to the server and its children; data and ports stay. Returns when they are gone. */
    public final synchronized void kill() {
        process.kill();
    }

    /** SIGSTOP to the server and its children: connections stay open and nobody answers. */
    public final synchronized void stop() {
        process.stop();
    }

    /** SIGCONT after {@link #stop()}. */
    public final synchronized void cont() {
        process.cont();
    }

    public final boolean isRunning() {
        return process.isAlive();
    }

    /** Whether it was stopped by {@link #stop()} and has not gone on. */
    public final boolean isStopped() {
        return process.isStopped();
    }

    /** The process id, or -1 when it does not run. */
    public final long pid() {
        return process.pid();
    }

    public final String name() {
        return name;
    }

    /** Everything the server writes to its standard streams, over all starts. */
    public final Path log() {
        return process.log();
    }

    /** Where data, log and settings are. */
    public final Path folder() {
        return folder;
    }

    final Path data() {
        return folder.resolve("data");
    }

    /**
     * Kills the server, copies its data to {@code backup}, and starts it again if it ran: a copy as a crash would leave it.
     *
     * @param backup a path that does not exist yet
     */
    public final synchronized void backUp(Path backup) {
        boolean ran = isRunning();
        process.kill();
        copyData(data(), backup);
        if (ran) {
            start();
        }
    }

    /** Kills the server and puts a copy made by {@link #backUp} in place of its data. It is not started again. */
    public final synchronized void restore(Path backup) {
        eraseData();
        copyData(backup, data());
    }

    /** Kills the server and removes its data; started again, it is a new one on the same ports. */
    public synchronized void eraseData() {
        process.kill();
        Folders.delete(data());
    }

    /** With owners and modes, which PostgreSQL is strict about. */
    private static void copyData(Path from, Path to) {
        Command.run(List.of("cp", "-a", from.toString(), to.toString()));
    }

    /** Kills the server and removes its data; in a build its log stays under {@code target/servers}. */
    @Override
    public synchronized void close() {
        remove();
        OF_THIS_JVM.remove(this);
    }

    private void remove() {
        process.kill();
        Folders.delete(keepsFolder ? data() : folder);
    }

    /** The port kept for that use, chosen the first time. */
    final int port(String use) {
        synchronized (ports) {
            String known = ports.getProperty(use);
            if (known != null) {
                return Integer.parseInt(known);
            }
            int port = Ports.free();
            ports.setProperty(use, Integer.toString(port));
            try (var out = Files.newOutputStream(portsFile())) {
                ports.store(out, null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return port;
        }
    }

    private Path portsFile() {
        return folder.resolve("ports.properties");
    }

    /** What every server can be told before it starts. */
    public abstract static class Builder<B extends Builder<B>> {
        private String name;
        private Path folder;
        private boolean detached;

        Builder(String name) {
            this.name = name;
        }

        abstract B self();

        /** Name for messages and the folder. */
        public final B name(String chosen) {
            this.name = Objects.requireNonNull(chosen);
            return self();
        }

        /** Folder for data, log, ports and pid; one that was used before is gone on with. Default: a new one. */
        public final B folder(Path chosen) {
            this.folder = Objects.requireNonNull(chosen);
            return self();
        }

        /** The server outlives this JVM; a later JVM that names the same folder can signal it. */
        public final B detached() {
            this.detached = true;
            return self();
        }

        final String name() {
            return name;
        }
    }
}
