package dev.etcdpg.pg.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The text of one statement with named parameters, translated into JDBC's positional form once. The same text always yields the same JDBC text,
 * so the driver finds the statement that it has prepared already.
 *
 * <p>A parameter is a colon, then a letter or underscore, then letters, digits and underscores: {@code :route}. It may occur several times.
 * Colons in casts ({@code ::text}), literals, quoted identifiers, comments and dollar-quoted bodies are left alone. A question mark anywhere
 * else is refused.
 */
final class SqlText {

    private final String name;
    private final String jdbc;
    private final List<String> places;
    private final Set<String> parameters;

    private SqlText(String name, String jdbc, List<String> places) {
        this.name = name;
        this.jdbc = jdbc;
        this.places = List.copyOf(places);
        this.parameters = Set.copyOf(places);
    }

    /**
     * Translates a statement.
     *
     * @param name shown in errors
     * @throws IllegalArgumentException if the text contains a positional parameter, or a literal or comment that does not end
     */
    static SqlText parse(String name, String sql) {
        StringBuilder jdbc = new StringBuilder(sql.length());
        List<String> places = new ArrayList<>();
        int at = 0;
        while (at < sql.length()) {
            int end = endOfOpaque(name, sql, at);
            if (end > at) {
                jdbc.append(sql, at, end);
            } else if (isParameter(sql, at)) {
                end = endOfName(sql, at + 1);
                places.add(sql.substring(at + 1, end));
                jdbc.append('?');
            } else if (sql.charAt(at) == '?') {
                throw new IllegalArgumentException("Statement " + name + " contains a positional parameter");
            } else {
                end = at + 1;
                jdbc.append(sql.charAt(at));
            }
            at = end;
        }
        return new SqlText(name, jdbc.toString(), places);
    }

    String name() {
        return name;
    }

    /** Returns the statement with {@code ?} in the place of each parameter. */
    String jdbc() {
        return jdbc;
    }

    /** Returns the name of the parameter at each {@code ?}, in order. */
    List<String> places() {
        return places;
    }

    /** Returns the names of all parameters. */
    Set<String> parameters() {
        return parameters;
    }

    /** Throws unless exactly the parameters of the statement are bound. */
    void requireBound(Set<String> bound) {
        if (!bound.equals(parameters)) {
            Set<String> missing = new HashSet<>(parameters);
            missing.removeAll(bound);
            throw new IllegalStateException("Statement " + name + " lacks values of the parameters " + missing);
        }
    }

    private static boolean isParameter(String sql, int at) {
        return sql.charAt(at) == ':'
                && at + 1 < sql.length()
                && isNameStart(sql.charAt(at + 1))
                && (at == 0 || sql.charAt(at - 1) != ':' && !isNamePart(sql.charAt(at - 1)));
    }

    private static int endOfName(String sql, int from) {
        int end = from;
        while (end < sql.length() && isNamePart(sql.charAt(end))) {
            end++;
        }
        return end;
    }

    /**
     * Returns the end of the literal, quoted identifier, comment or dollar-quoted body that begins at {@code at}, or {@code at} if none begins
     * there.
     */
    private static int endOfOpaque(String name, String sql, int at) {
        return switch (sql.charAt(at)) {
            case '\'' -> endAfter(name, sql, "'", at + 1);
            case '"' -> endAfter(name, sql, "\"", at + 1);
            case '-' -> sql.startsWith("--", at) ? endOfLine(sql, at) : at;
            case '/' -> sql.startsWith("/*", at) ? endAfter(name, sql, "*/", at + 2) : at;
            case '$' -> endOfDollarQuoted(name, sql, at);
            default -> at;
        };
    }

    private static int endOfDollarQuoted(String name, String sql, int at) {
        int tagEnd = endOfName(sql, at + 1);
        boolean opens = tagEnd < sql.length()
                && sql.charAt(tagEnd) == '$'
                && (tagEnd == at + 1 || isNameStart(sql.charAt(at + 1)))
                && (at == 0 || !isNamePart(sql.charAt(at - 1)));
        return opens ? endAfter(name, sql, sql.substring(at, tagEnd + 1), tagEnd + 1) : at;
    }

    private static int endOfLine(String sql, int at) {
        int end = sql.indexOf('\n', at);
        return end < 0 ? sql.length() : end;
    }

    private static int endAfter(String name, String sql, String delimiter, int from) {
        int end = sql.indexOf(delimiter, from);
        if (end < 0) {
            throw new IllegalArgumentException("Statement " + name + " lacks a closing " + delimiter);
        }
        return end + delimiter.length();
    }

    private static boolean isNameStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || c >= '0' && c <= '9';
    }
}
