package dev.etcdpg.testing.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule of the specification is needed, and each invariant and property can be violated. */
class MutationTest {

    private static final Pattern RULE = Pattern.compile("Rule\\(\"([^\"]+)\"\\)");

    static List<Mutation> mutations() {
        return Mutation.in(Settings.SPECS.resolve("spec.md"));
    }

    @Test
    void every_invariant_and_property_is_broken_by_a_mutation() {
        Set<String> judged = new TreeSet<>();
        Settings.small().forEach(config -> config.judged().forEach(name -> judged.add(config.module() + "." + name)));
        Set<String> broken = new TreeSet<>();
        mutations().forEach(m -> broken.add(m.of(Settings.small()).module() + "." + m.breaks()));

        assertThat(judged).isNotEmpty();
        assertThat(broken).containsExactlyInAnyOrderElementsOf(judged);
    }

    @Test
    void every_rule_is_taken_away_by_a_mutation() throws IOException {
        Set<String> rules = new TreeSet<>();
        try (Stream<Path> files = Files.list(Settings.SPECS)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".tla")).toList()) {
                Matcher found = RULE.matcher(Files.readString(file));
                while (found.find()) {
                    rules.add(found.group(1));
                }
            }
        }
        Set<String> taken = new TreeSet<>();
        mutations().forEach(m -> taken.addAll(m.rules()));

        assertThat(rules).isNotEmpty();
        assertThat(taken).containsExactlyInAnyOrderElementsOf(rules);
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void breaks(Mutation mutation) throws Exception {
        Report report = Settings.tlc().check(mutation.of(Settings.small()));

        System.out.println(report);
        assertThat(report.complete()).as("%s holds", report).isFalse();
        assertThat(report.violated()).as("%s", report).isEqualTo(mutation.breaks());
    }
}
