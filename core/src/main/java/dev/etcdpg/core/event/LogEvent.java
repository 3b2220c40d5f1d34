package dev.etcdpg.core.event;

import dev.etcdpg.core.Revision;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of the structured log: {@code event=conflict route=etcd key=/config/a won=1800000000150.4 cause="etcd has changed the key"}. All connectors write
 * it to the logger {@value #LOGGER}. A line never contains a value. Not thread-safe.
 */
public final class LogEvent {

    /** Name of the logger. */
    public static final String LOGGER = "dev.etcdpg.events";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    /** Longest text of a field, in characters. A key has at most 2,048 bytes. */
    private static final int MAX_LENGTH = 2_048;

    private final StringBuilder line = new StringBuilder();

    private LogEvent(String name) {
        with("event", name);
    }

    /** Begins a line. */
    public static LogEvent of(String name) {
        return new LogEvent(name);
    }

    /** Returns whether events of every applied change are logged. */
    public static boolean isDetailed() {
        return LOG.isDebugEnabled();
    }

    public LogEvent route(String name) {
        return with("route", name);
    }

    /** Adds the key; nothing if there is none. */
    public LogEvent key(@Nullable String key) {
        return key == null ? this : with("key", key);
    }

    /** Adds a revision with its epoch; nothing if there is none. */
    public LogEvent revision(@Nullable Revision at) {
        return at == null ? this : revision("revision", at);
    }

    /** Adds a revision with its epoch as a field of this name. */
    public LogEvent revision(String field, Revision at) {
        return with(field, at);
    }

    /** @param cause says why, without anything of a value */
    public LogEvent cause(@Nullable String cause) {
        return cause == null ? this : with("cause", cause);
    }

    /** Adds a field. The text is quoted if it has other characters than letters, digits and common punctuation. */
    public LogEvent with(String field, Object value) {
        if (!line.isEmpty()) {
            line.append(' ');
        }
        append(line.append(field).append('='), String.valueOf(value));
        return this;
    }

    private static void append(StringBuilder line, String text) {
        String shown = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
        if (!shown.isEmpty() && shown.chars().allMatch(LogEvent::isPlain)) {
            line.append(shown);
            return;
        }
        line.append('"');
        shown.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                line.append('\\').append((char) c);
            } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                line.append(String.format("\\u%04x", c));
            } else {
                line.append((char) c);
            }
        });
        line.append('"');
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c != '"' && c != '=' && c != '\\' && c < 127;
    }

    /** Writes the line for something that stops a task. */
    public void error() {
        LOG.error("{}", line);
    }

    /** Writes the line for something that a person may have to look at. */
    public void warn() {
        LOG.warn("{}", line);
    }

    /** Writes the line for something that the connectors deal with themselves. */
    public void info() {
        LOG.info("{}", line);
    }

    /** Writes the line for an everyday change. */
    public void debug() {
        LOG.debug("{}", line);
    }

    @Override
    public String toString() {
        return line.toString();
    }
}
