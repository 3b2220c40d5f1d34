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
 * A line of the table in docs/protocol/spec.md: what breaks without a rule. So the text and what is checked cannot differ.
 *
 * @param rules that are taken away
 * @param config name of a configuration
 * @param bounds constants that differ from the configuration's
 * @param breaks invariant or property that does not hold then
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

    /** The configuration without the rules, asking for nothing but what breaks. */
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
