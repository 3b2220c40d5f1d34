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
 * One server process, known by a pid file, so that a later run of the program can signal it too.
 *
 * <p>An attached process dies with this JVM: by a shutdown hook, and by the kernel's parent-death signal when the JVM is
 * killed. A detached one has a session of its own and goes on.
 */
final class ServerProcess {
    private static final Duration DEATH = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 40;

    /** The kernel sends the parent-death signal when the starting *thread* ends, so one that never does starts all. */
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

    /** The process id, or -1 when it does not run. */
    long pid() {
        ProcessHandle handle = handle();
        return handle == null ? -1 : handle.pid();
    }

    /** SIGKILL to the process and all its descendants; returns when they are gone. */
    void kill() {
        List<ProcessHandle> killed = signalKill();
        Wait.until(
                DEATH,
                () -> killed.stream().noneMatch(ServerProcess::alive),
                () -> new ServerException("processes do not die: " + killed));
        ATTACHED.remove(this);
        Folders.delete(pidFile);
    }

    private List<ProcessHandle> signalKill() {
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroyForcibly);
        return family;
    }

    /** SIGSTOP to the process first, so that it cannot have more children, then to the children it has. */
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
        // A child may end between listing and signalling it; the server itself was seen alive.
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

    /** Pids are used again: the start time tells whose it is. */
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
     * A zombie is dead, even where nobody reaps it. But the first thread of a killed process may be a zombie while its
     * other threads are still ending, and its sockets are open until the last one has.
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

    /** The kernel's letter for what the process does; Z when it is not there any more. */
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
