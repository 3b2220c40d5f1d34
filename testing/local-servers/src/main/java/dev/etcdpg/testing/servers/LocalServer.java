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
 * A real server as a process on loopback. {@link #kill()} and {@link #start()} keep its ports and data; {@link #close()} kills the
 * process and removes its data. The process dies with this JVM unless it was built {@code detached()}. Its data is removed with it
 * unless the caller chose the {@code folder()}. Thread-safe.
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

    /** Prepares files and returns the command line. Called before each start. */
    abstract List<String> command() throws IOException;

    /** Whether the server answers. An exception counts as false and becomes part of the error message. */
    abstract boolean isReady() throws Exception;

    abstract Duration startTimeout();

    Map<String, String> environment() {
        return Map.of();
    }

    /** Starts the server on its existing data, if any, and returns when it answers. Does nothing if the server runs. */
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

    /** Sends SIGKILL to the server and its children, and returns when they have ended. Data and ports stay. */
    public final synchronized void kill() {
        process.kill();
    }

    /** Sends SIGSTOP to the server and its children: connections stay open and get no answers. */
    public final synchronized void stop() {
        process.stop();
    }

    /** Sends SIGCONT after {@link #stop()}. */
    public final synchronized void cont() {
        process.cont();
    }

    public final boolean isRunning() {
        return process.isAlive();
    }

    /** Whether the server is stopped by {@link #stop()}. */
    public final boolean isStopped() {
        return process.isStopped();
    }

    /** Returns the process id, or -1 if the server does not run. */
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
     * Kills the server, copies its data to {@code backup}, and starts the server again if it ran. The copy is as a crash leaves the data.
     *
     * @param backup a path that does not exist
     */
    public final synchronized void backUp(Path backup) {
        boolean ran = isRunning();
        process.kill();
        copyData(data(), backup);
        if (ran) {
            start();
        }
    }

    /** Kills the server and replaces its data by a copy that {@link #backUp} made. Does not start the server. */
    public final synchronized void restore(Path backup) {
        eraseData();
        copyData(backup, data());
    }

    /** Kills the server and removes its data. The next start makes a new server on the same ports. */
    public synchronized void eraseData() {
        process.kill();
        Folders.delete(data());
    }

    /** Copies owners and modes too, because PostgreSQL checks them. */
    private static void copyData(Path from, Path to) {
        Command.run(List.of("cp", "-a", from.toString(), to.toString()));
    }

    /** Kills the server and removes its data. In a build its log stays under {@code target/servers}. */
    @Override
    public synchronized void close() {
        remove();
        OF_THIS_JVM.remove(this);
    }

    private void remove() {
        process.kill();
        Folders.delete(keepsFolder ? data() : folder);
    }

    /** Returns the port for a use. The first call chooses it, and later runs keep it. */
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

    /** Settings that all servers have. */
    public abstract static class Builder<B extends Builder<B>> {
        private String name;
        private Path folder;
        private boolean detached;

        Builder(String name) {
            this.name = name;
        }

        abstract B self();

        /** The name in messages and of the folder. */
        public final B name(String chosen) {
            this.name = Objects.requireNonNull(chosen);
            return self();
        }

        /** The folder for data, log, ports and pid. A server continues on the data of an existing folder. Default: a new folder. */
        public final B folder(Path chosen) {
            this.folder = Objects.requireNonNull(chosen);
            return self();
        }

        /** Lets the server outlive this JVM. A later JVM with the same folder can signal it. */
        public final B detached() {
            this.detached = true;
            return self();
        }

        final String name() {
            return name;
        }
    }
}
