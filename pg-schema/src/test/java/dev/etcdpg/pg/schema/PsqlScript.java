package dev.etcdpg.pg.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
final class PsqlScript {

    private static final Pattern VARIABLE = Pattern.compile("(?<!:):(?:'(\\w+)'|\"(\\w+)\"|(\\w+))");
    private static final Pattern GSET = Pattern.compile("(.*)\\\\gset *(\\w*)", Pattern.DOTALL);

    private final Db db;
    private final Map<String, String> variables;
    private final Deque<Boolean> conditions = new ArrayDeque<>();

    PsqlScript(Db db, Map<String, String> variables) {
        this.db = db;
        this.variables = new TreeMap<>(variables);
    }

    void run(Path file) throws IOException {
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

    private void meta(Path file, String[] words) throws IOException {
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
                    db.run(Files.readString(file.resolveSibling(words[1])));
                }
            }
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    private void execute(String sql) {
        Matcher gset = GSET.matcher(sql.strip());
        if (!gset.matches()) {
            db.run(sql);
            return;
        }
        String row = db.one(gset.group(1));
        if (gset.group(2).isEmpty()) {
            String[] words = gset.group(1).strip().split(" ");
            variables.put(words[words.length - 1], row);
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
