package dev.etcdpg.sandbox.torture;

import dev.etcdpg.sandbox.Stack;
import dev.etcdpg.servers.ConnectWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the workers' logs say of tasks that failed since the last time. Nobody else may know: a task that is restarted, or moves to
 * another worker, forgets that it had failed.
 */
final class WorkerLogs {
    private final Stack stack;
    private final Map<Path, Long> positions = new HashMap<>();

    WorkerLogs(Stack stack) {
        this.stack = stack;
    }

    List<TaskFailure> read() {
        List<TaskFailure> failures = new ArrayList<>();
        for (ConnectWorker worker : stack.workers()) {
            failures.addAll(TaskFailure.in(news(worker.log())));
        }
        return failures;
    }

    private List<String> news(Path log) {
        try (FileChannel file = FileChannel.open(log)) {
            long from = positions.getOrDefault(log, 0L);
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size() - from));
            file.position(from);
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                // until all that was there is read
            }
            positions.put(log, from + bytes.position());
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("a worker's log cannot be read", e);
        }
    }
}
