package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a psql script through JDBC, for machines without psql. The class supports the features that install.sql uses: {@code \set},
 * {@code \if}, {@code \else}, {@code \endif}, {@code \ir} of a file without variables, {@code \gset}, and variables. A statement ends at the
 * end of a line.
 */
public final class PsqlScript {

    private static final Pattern VARIABLE = Pattern.compile("(?<!:):(?:'(\\w+)'|\"(\\w+)\"|(\\w+))");
    private static final Pattern GSET = Pattern.compile("(.*)\\\\gset *(\\w*)", Pattern.DOTALL);

    private final Connection connection;
    private final Map<String, String> variables;
    private final Deque<Boolean> conditions = new ArrayDeque<>();

    /** @param connection a connection with autocommit */
    public PsqlScript(Connection connection, Map<String, String> variables) {
        this.connection = connection;
        this.variables = new TreeMap<>(variables);
    }

    /** Runs a file up to its end or up to the first statement that the server refuses. */
    public void run(Path file) throws IOException, SQLException {
        StringBuilder statement = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            if (text.startsWith("--") || text.isEmpty()) {
                continue;
            }
            if (text.startsWith("\\")) {
                meta(file, text.split(" +", 3));
            } else if (!conditions.contains(false)) {
                statement.append(text).append('\n');
                if (text.endsWith(";") || text.contains("\\gset")) {
                    execute(expand(statement.toString()));
                    statement.setLength(0);
                }
            }
        }
    }

    private void meta(Path file, String[] words) throws IOException, SQLException {
        switch (words[0]) {
            case "\\if" ->
                conditions.push(
                        words[1].startsWith(":{?")
                                ? variables.containsKey(words[1].substring(3, words[1].length() - 1))
                                : expand(words[1]).equals("t"));
            case "\\else" -> conditions.push(!conditions.pop());
            case "\\endif" -> conditions.pop();
            case "\\set" -> {
                if (!conditions.contains(false)) {
                    variables.put(words[1], expand(words[2]));
                }
            }
            case "\\ir" -> {
                if (!conditions.contains(false)) {
                    execute(Files.readString(file.resolveSibling(words[1])));
                }
            }
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    private void execute(String sql) throws SQLException {
        Matcher gset = GSET.matcher(sql.strip());
        try (Statement statement = connection.createStatement()) {
            if (!gset.matches()) {
                statement.execute(sql);
                return;
            }
            try (ResultSet row = statement.executeQuery(gset.group(1))) {
                set(row, gset.group(2));
            }
        }
    }

    /** Sets a variable for each column of the only row. */
    private void set(ResultSet row, String prefix) throws SQLException {
        row.next();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            variables.put(prefix + row.getMetaData().getColumnLabel(i), row.getString(i));
        }
    }

    private String expand(String text) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            if (match.group(1) != null) {
                return Matcher.quoteReplacement(
                        "'" + variables.get(match.group(1)).replace("'", "''") + "'");
            } else if (match.group(2) != null) {
                return Matcher.quoteReplacement(
                        "\"" + variables.get(match.group(2)).replace("\"", "\"\"") + "\"");
            }
            return Matcher.quoteReplacement(variables.getOrDefault(match.group(3), match.group()));
        });
    }
}
