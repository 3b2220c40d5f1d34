package dev.etcdpg.testing.chaos.history;

import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads new entries in the logs of the workers. Only complete entries count, because a trace can be half written. */
public final class WorkerLogs {
    private static final String ENTRY = "\n[";

    private final Stack stack;
    private final Map<Path, Long> positions = new HashMap<>();

    public WorkerLogs(Stack stack) {
        this.stack = stack;
    }

    /** Returns the new lines since the last call, by worker. */
    public Map<String, List<String>> read() {
        Map<String, List<String>> news = new TreeMap<>();
        for (ConnectWorker worker : stack.workers()) {
            news.put(worker.name(), news(worker.log()));
        }
        return news;
    }

    private List<String> news(Path log) {
        try (FileChannel file = FileChannel.open(log)) {
            long from = positions.getOrDefault(log, 0L);
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size() - from));
            file.position(from);
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                // until all existing lines are read
            }
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
            int whole = text.lastIndexOf(ENTRY) + 1;
            positions.put(log, from + whole);
            return text.substring(0, whole).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("a worker's log cannot be read", e);
        }
    }
}
