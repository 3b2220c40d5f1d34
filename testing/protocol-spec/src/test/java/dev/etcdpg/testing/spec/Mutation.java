package dev.etcdpg.testing.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A line of the table in docs/protocol/spec.md: an invariant or property that does not hold without a rule. The tests read the table, so the
 * document cannot differ from the tests.
 *
 * @param rules the rules that are removed
 * @param config the name of a configuration
 * @param bounds constants with other values than in the configuration
 * @param breaks the invariant or property that does not hold without the rules
 */
record Mutation(List<String> rules, String config, Map<String, String> bounds, String breaks) {

    private static final String HEAD = "| taken away | in | breaks |";

    static List<Mutation> in(Path text) {
        try {
            List<Mutation> mutations = new ArrayList<>();
            Files.readAllLines(text).stream()
                    .dropWhile(line -> !line.startsWith(HEAD))
                    .skip(2)
                    .takeWhile(line -> line.startsWith("|"))
                    .forEach(line -> mutations.add(parse(line)));
            return mutations;
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + text, e);
        }
    }

    private static Mutation parse(String line) {
        String[] cells = line.split("\\|");
        String[] where = cells[2].trim().split("\\s*,\\s+");
        Map<String, String> bounds = new LinkedHashMap<>();
        for (int i = 1; i < where.length; i++) {
            String[] constant = where[i].split("\\s*=\\s*", 2);
            bounds.put(constant[0], constant[1]);
        }
        return new Mutation(List.of(cells[1].trim().split("\\s*\\+\\s*")), where[0], bounds, cells[3].trim());
    }

    /** Returns the configuration without the rules. It checks only the invariant or property that does not hold. */
    Config of(List<Config> configs) {
        Config original = configs.stream()
                .filter(c -> c.name().equals(config))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("there is no configuration " + config));
        Map<String, String> constants = new LinkedHashMap<>(bounds);
        constants.put("Without", rules.stream().collect(Collectors.joining("\", \"", "{\"", "\"}")));
        String name = original.module() + ".without " + String.join(" and ", rules) + " breaks " + breaks;
        return original.with(name.replace(' ', '-'), constants).judgingOnly(breaks);
    }

    @Override
    public String toString() {
        return config + " without " + String.join(" and ", rules) + " breaks " + breaks;
    }
}
