package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * A server process. A pid file identifies it, so a later run of the program can signal it too.
 *
 * <p>An attached process dies with this JVM: a shutdown hook kills it, and the kernel's parent-death signal kills it when the JVM is
 * killed. A detached process has its own session and outlives the JVM.
 *
 * <p>Libraries for processes (zt-exec, NuProcess) start commands and read their output. This class exists for the rest: signals to
 * a whole family of processes, identity over runs of the program, and the parent-death signal.
 */
final class ServerProcess {
    private static final Duration DEATH = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 40;

    /** The kernel sends the parent-death signal when the starting thread ends, so a thread that never ends starts all processes. */
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "local-servers-starter");
        thread.setDaemon(true);
        return thread;
    });

    private static final Set<ServerProcess> ATTACHED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> ATTACHED.forEach(ServerProcess::signalKill), "local-servers-shutdown"));
    }

    private final Path pidFile;
    private final Path log;
    private final boolean detached;

    ServerProcess(Path folder, boolean detached) {
        this.pidFile = folder.resolve("server.pid");
        this.log = folder.resolve("server.log");
        this.detached = detached;
    }

    void launch(List<String> command, Map<String, String> environment, Path workingFolder) {
        List<String> whole = new ArrayList<>(wrapper());
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(workingFolder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            Process process = STARTER.submit(builder::start).get();
            Files.writeString(pidFile, identity(process.toHandle()));
            if (!detached) {
                ATTACHED.add(this);
            }
        } catch (ExecutionException e) {
            throw new ServerException("cannot run " + command.get(0), e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted while starting " + command.get(0), e);
        }
    }

    private List<String> wrapper() {
        String program = detached ? "setsid" : "setpriv";
        if (Command.onPath(program) == null) {
            return List.of();
        }
        return detached ? List.of("setsid") : List.of("setpriv", "--pdeathsig", "KILL");
    }

    boolean isAlive() {
        return handle() != null;
    }

    /** Returns the process id, or -1 if the process does not run. */
    long pid() {
        ProcessHandle handle = handle();
        return handle == null ? -1 : handle.pid();
    }

    /** Sends SIGKILL to the process and all its descendants, and returns when they have ended. */
    void kill() {
        List<ProcessHandle> killed = signalKill();
        Wait.until(
                DEATH,
                () -> killed.stream().noneMatch(ServerProcess::alive),
                () -> new ServerException("processes did not end: " + killed));
        ATTACHED.remove(this);
        Folders.delete(pidFile);
    }

    private List<ProcessHandle> signalKill() {
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroyForcibly);
        return family;
    }

    /** Sends SIGSTOP to the process first, so that it cannot start more children, and then to its children. */
    void stop() {
        signal("STOP", List.of(requireAlive()));
        signal("STOP", family());
    }

    void cont() {
        requireAlive();
        signal("CONT", family());
    }

    private ProcessHandle requireAlive() {
        ProcessHandle handle = handle();
        if (handle == null) {
            throw new ServerException("not running (no live process in " + pidFile + ")");
        }
        return handle;
    }

    private static void signal(String name, List<ProcessHandle> processes) {
        StringBuilder line = new StringBuilder("kill -").append(name);
        processes.forEach(process -> line.append(' ').append(process.pid()));
        // A child can end before it receives the signal. The server itself was alive.
        Command.run(List.of("sh", "-c", line + " || true"));
    }

    private List<ProcessHandle> family() {
        ProcessHandle handle = handle();
        if (handle == null) {
            return List.of();
        }
        List<ProcessHandle> all = new ArrayList<>();
        all.add(handle);
        handle.descendants().forEach(all::add);
        return all;
    }

    private ProcessHandle handle() {
        String known;
        try {
            if (!Files.exists(pidFile)) {
                return null;
            }
            known = Files.readString(pidFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ProcessHandle.of(Long.parseLong(known.split(" ")[0]))
                .filter(handle -> identity(handle).equals(known) && alive(handle))
                .orElse(null);
    }

    /** The kernel reuses process ids, so the start time is part of the identity. */
    private static String identity(ProcessHandle handle) {
        return handle.pid() + " "
                + handle.info()
                        .startInstant()
                        .map(instant -> instant.toEpochMilli())
                        .orElse(0L);
    }

    boolean isStopped() {
        ProcessHandle handle = handle();
        return handle != null && state(handle) == 'T';
    }

    /**
     * A zombie is dead, even if no process reaps it. The first thread of a killed process can be a zombie while its other threads
     * end; the sockets stay open until the last thread has ended.
     */
    private static boolean alive(ProcessHandle handle) {
        return handle.isAlive() && (state(handle) != 'Z' || hasOtherThreads(handle));
    }

    private static boolean hasOtherThreads(ProcessHandle handle) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + handle.pid() + "/task"))) {
            return threads.count() > 1;
        } catch (IOException | UncheckedIOException gone) {
            return false;
        }
    }

    /** Returns the kernel's letter for the state of the process, Z if the process does not exist. */
    private static char state(ProcessHandle handle) {
        try {
            String stat = Files.readString(Path.of("/proc/" + handle.pid() + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return 'Z';
        }
    }

    Path log() {
        return log;
    }

    boolean logContains(String text) {
        try (Stream<String> lines =
                Files.exists(log) ? Files.lines(log, StandardCharsets.ISO_8859_1) : Stream.<String>empty()) {
            return lines.anyMatch(line -> line.contains(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String logTail() {
        try (Stream<String> lines =
                Files.exists(log) ? Files.lines(log, StandardCharsets.ISO_8859_1) : Stream.<String>empty()) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - TAIL_LINES), all.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
