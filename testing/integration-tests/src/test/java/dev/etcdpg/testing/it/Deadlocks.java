package dev.etcdpg.testing.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The deadlocks that PostgreSQL reports in its log from now on. */
final class Deadlocks {
    private static final Pattern REPORT = Pattern.compile("deadlock detected(.*?)HINT", Pattern.DOTALL);
    private static final Pattern PROCESS = Pattern.compile("Process (\\d+) waits for");

    private final Path log;
    private final int begin;

    Deadlocks(Sides sides) {
        log = sides.stack.postgres().log();
        begin = read().length;
    }

    /** Returns the deadlocks in which a connector took part: all that are not among these applications alone. */
    List<String> withConnectors() {
        byte[] all = read();
        List<String> found = new ArrayList<>();
        Matcher report = REPORT.matcher(new String(all, begin, all.length - begin, StandardCharsets.UTF_8));
        while (report.find()) {
            Matcher process = PROCESS.matcher(report.group(1));
            boolean others = false;
            while (process.find()) {
                others |= !Application.isOne(Long.parseLong(process.group(1)));
            }
            if (others) {
                found.add(report.group(1));
            }
        }
        return found;
    }

    private byte[] read() {
        try {
            return Files.readAllBytes(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
