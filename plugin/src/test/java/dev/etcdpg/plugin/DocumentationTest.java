package dev.etcdpg.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The documents name only what exists: links lead to files and headings, and names in backticks are classes, files, settings or SQL names
 * of this repository. A name of another project must be listed here.
 */
class DocumentationTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Path ALERTS = ROOT.resolve("config-examples/monitoring/alerts.yml");
    private static final Pattern ALERT = Pattern.compile("(?m)^ *- alert: (\\w+)$");
    private static final Pattern RUNBOOK = Pattern.compile("(?m)^ *runbook: '([^']+)'$");

    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```");
    private static final Pattern CLASS = Pattern.compile("(?:[A-Z][a-z0-9]+)+(?:IT)?|[A-Z][a-z][A-Za-z]*(?:IT|Test)");
    private static final Pattern TEST_OPTION = Pattern.compile("-D(?:it\\.)?test=(\\w+)");
    private static final Pattern SQL_NAME = Pattern.compile("etcd_[a-z_]+");
    private static final Pattern SETTING = Pattern.compile("[a-z]+(?:\\.[a-z]+){1,4}");
    private static final Pattern MODEL_NAME = Pattern.compile("(?:Rule|Action|Invariant)?[A-Z][A-Za-z]+");

    /** Classes of Kafka, and a name from the stories of failed histories. */
    private static final Set<String> FOREIGN_CLASSES = Set.of(
            "ConfigDef",
            "JmxReporter",
            "Monitorable",
            "Percentiles",
            "PluginMetrics",
            "ConnectRestException",
            "Connector",
            "DataException",
            "Filter",
            "HasHeaderKey",
            "InvalidProducerEpochException",
            "ProducerFencedException",
            "Task",
            "W3");

    /** Names with the prefix of our SQL that are not SQL of this project: another extension, the schema, custom settings, Flyway's table. */
    private static final Set<String> FOREIGN_SQL = Set.of("etcd_fdw", "etcd_sync", "etcd_schema_history");

    /** Settings of Kafka Connect, Kafka, PostgreSQL's driver, and names of topics and files. */
    private static final Pattern FOREIGN_SETTINGS = Pattern.compile(
            "(?:errors|producer|consumer|metadata|scheduled|topic\\.creation"
                    + "|exactly\\.once|plugin|tasks|cleanup|linger|max\\.(?:request|message|block|poll)|replica|transaction|offset|config"
                    + "|value\\.converter|key\\.converter|etcdpg|ablation|histories|history\\.trace|it|short|reference|etcd\\.(?:dlq|etcd|log)"
                    + "|pg\\.(?:etcd|conflicts)|isolation|group|session|auto\\.offset|spec)\\..*"
                    + "|shop\\..*|(?:etcd\\.(?:dlq|etcd)|pg\\.(?:etcd|conflicts)|public\\.etcd)|.*\\.(?:md|cfg|tla|sql|json|txt|yml|yaml|zip|xml|log|down|up|crt|properties)");

    private record Document(Path file, String text) {

        /** Returns the text without blocks of code, which are for a shell or psql. */
        Stream<String> codes() {
            return CODE.matcher(FENCE.matcher(text).replaceAll("")).results().map(found -> found.group(1));
        }

        String name() {
            return ROOT.relativize(file).toString();
        }
    }

    private static List<Path> files(String ending) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                return !folder.equals(ROOT) && (name.equals("target") || name.startsWith("."))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(ending)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static List<Document> documents() throws IOException {
        List<Document> documents = new ArrayList<>();
        for (Path file : files(".md")) {
            documents.add(new Document(file, Files.readString(file)));
        }
        assertThat(documents).hasSizeGreaterThan(10);
        return documents;
    }

    private static String all(String ending) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files(ending)) {
            text.append(Files.readString(file)).append('\n');
        }
        return text.toString();
    }

    @Test
    void linksLeadToFilesAndHeadings() throws IOException {
        Set<String> broken = new TreeSet<>();
        for (Document document : documents()) {
            for (MatchResult link : LINK.matcher(document.text()).results().toList()) {
                String target = link.group(1);
                if (!target.matches("[a-z]+:.*") && !exists(document.file(), target)) {
                    broken.add(document.name() + ": " + target);
                }
            }
        }
        assertThat(broken).as("links that lead nowhere").isEmpty();
    }

    /** The alert rules of config-examples name a runbook each. */
    @Test
    void alertsNameTheirRunbook() throws IOException {
        String rules = Files.readString(ALERTS);
        List<String> runbooks =
                RUNBOOK.matcher(rules).results().map(found -> found.group(1)).toList();
        assertThat(runbooks)
                .hasSameSizeAs(ALERT.matcher(rules).results().toList())
                .allMatch(runbook -> {
                    try {
                        return exists(ROOT.resolve("README.md"), runbook);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static boolean exists(Path from, String target) throws IOException {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
        return Files.exists(file)
                && (parts.length == 1 || anchors(Files.readString(file)).contains(parts[1]));
    }

    /** Returns the anchor that GitHub gives a heading: in lower case, with hyphens for blanks, without punctuation. */
    private static Set<String> anchors(String text) {
        return HEADING.matcher(FENCE.matcher(text).replaceAll(""))
                .results()
                .map(heading -> heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void classesExist() throws IOException {
        Set<String> known = new HashSet<>(FOREIGN_CLASSES);
        for (Path file : files(".java")) {
            known.add(file.getFileName().toString().replace(".java", ""));
        }
        ALERT.matcher(Files.readString(ALERTS)).results().forEach(alert -> known.add(alert.group(1)));
        // steps, rules and invariants of the specification
        Matcher model = MODEL_NAME.matcher(all(".tla"));
        while (model.find()) {
            known.add(model.group());
        }
        Set<String> unknown = unknown(CLASS, known);
        known.add("none");
        for (Document document : documents()) {
            TEST_OPTION
                    .matcher(document.text())
                    .results()
                    .map(option -> option.group(1))
                    .filter(test -> !known.contains(test))
                    .forEach(test -> unknown.add(document.name() + ": " + test));
        }
        assertThat(unknown).as("names of classes that do not exist").isEmpty();
    }

    @Test
    void sqlNamesExist() throws IOException {
        Set<String> known = new HashSet<>(FOREIGN_SQL);
        SQL_NAME.matcher(all(".sql")).results().forEach(name -> known.add(name.group()));
        Set<String> missing = new TreeSet<>();
        for (Document document : documents()) {
            for (MatchResult name : SQL_NAME.matcher(document.text()).results().toList()) {
                if (!known.contains(name.group()) && !name.group().endsWith("_")) {
                    missing.add(document.name() + ": " + name.group());
                }
            }
        }
        assertThat(missing)
                .as("names that the SQL of this project does not have")
                .isEmpty();
    }

    @Test
    void settingsExist() throws IOException {
        String reference = Files.readString(ROOT.resolve("docs/configuration.md"));
        Set<String> missing = new TreeSet<>();
        for (Document document : documents()) {
            document.codes()
                    .map(code -> code.split("=", 2)[0])
                    .filter(code -> SETTING.matcher(code).matches() && !code.startsWith("dev.etcdpg."))
                    .filter(code -> !FOREIGN_SETTINGS.matcher(code).matches())
                    .filter(code -> !reference.contains("`" + code + "`"))
                    .forEach(code -> missing.add(document.name() + ": " + code));
        }
        assertThat(missing).as("settings that no connector has").isEmpty();
    }

    @Test
    void pathsExist() throws IOException {
        Set<String> folders;
        try (Stream<Path> list = Files.list(ROOT)) {
            folders = list.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .collect(Collectors.toSet());
        }
        Set<String> missing = new TreeSet<>();
        for (Document document : documents()) {
            document.codes()
                    .filter(code -> code.matches("[A-Za-z0-9_.*/-]+/[A-Za-z0-9_.*/-]*"))
                    .filter(code -> folders.contains(code.split("/", 2)[0]))
                    .filter(code -> !code.contains("target/") && !code.contains("*"))
                    .filter(code -> !Files.exists(ROOT.resolve(code)))
                    .forEach(code -> missing.add(document.name() + ": " + code));
        }
        assertThat(missing).as("paths that do not exist").isEmpty();
    }

    @Test
    void packagesExist() throws IOException {
        Set<String> known = new HashSet<>();
        known.add("dev.etcdpg.events"); // a logger
        for (Path file : files(".java")) {
            String folder = file.getParent().toString().replace('/', '.');
            for (int dot = folder.indexOf("dev.etcdpg"); dot >= 0; dot = folder.indexOf('.', dot + 1)) {
                known.add(folder.substring(dot)); // "dev.etcdpg.core.record", ".record"
            }
        }
        Set<String> missing = new TreeSet<>();
        for (Document document : documents()) {
            document.codes()
                    .filter(code -> code.matches("dev\\.etcdpg(\\.[a-z]+)+|\\.[a-z]+"))
                    .filter(code -> !known.contains(code) && !code.equals(".sql"))
                    .forEach(code -> missing.add(document.name() + ": " + code));
        }
        assertThat(missing).as("packages that do not exist").isEmpty();
    }

    /** docs/architecture.md lists every rule of the specification and every ablation, and no others. */
    @Test
    void theTableOfRulesIsComplete() throws IOException {
        List<String[]> table = Files.readString(ROOT.resolve("docs/architecture.md"))
                .lines()
                .filter(line -> line.startsWith("|"))
                .map(line -> line.split("\\s*\\|\\s*"))
                .filter(cells -> cells.length == 6)
                .skip(2)
                .toList();
        Set<String> code = new HashSet<>();
        for (String ending : List.of(".java", ".sql")) {
            files(ending).forEach(file -> code.add(file.getFileName().toString().replace(".java", "")));
        }
        Set<String> named = column(table, 2, "(?<=`)(?:[A-Z]\\w+|\\w+\\.sql)(?=`)");
        named.addAll(column(table, 3, "(?<=`)\\w+(?=`)"));
        named.removeAll(code);
        assertThat(named).as("classes and files of rules that do not exist").isEmpty();

        Set<String> mutations = column(table, 4, "[^,]+");
        Set<String> ablations = column(table, 5, "(?<=`)[A-Z_]+(?=`)");

        Set<String> rules = Files.readString(ROOT.resolve("docs/protocol/spec.md"))
                .lines()
                .dropWhile(line -> !line.startsWith("| taken away | in | breaks |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("\\s*\\|\\s*")[1])
                .filter(rule -> !rule.equals("looked at in time"))
                .collect(Collectors.toSet());
        assertThat(mutations).as("mutations of the specification").containsExactlyInAnyOrderElementsOf(rules);

        Set<String> constants = new TreeSet<>();
        for (Path file : files("AblationTest.java")) {
            constants.addAll(constants(Files.readString(file)));
        }
        for (Path file : files("SqlAblationIT.java")) {
            constants.addAll(constants(Files.readString(file)));
        }
        assertThat(ablations).as("ablations").containsExactlyInAnyOrderElementsOf(constants);
    }

    private static Set<String> column(List<String[]> table, int column, String pattern) {
        Set<String> found = new TreeSet<>();
        for (String[] cells : table) {
            Pattern.compile(pattern).matcher(cells[column]).results().forEach(match -> found.add(match.group()));
        }
        return found;
    }

    private static Set<String> constants(String source) {
        String rules = source.substring(source.indexOf("enum Rule {"));
        return Pattern.compile("(?m)^        ([A-Z][A-Z_]+)\\(")
                .matcher(rules)
                .results()
                .map(constant -> constant.group(1))
                .collect(Collectors.toSet());
    }

    private static Set<String> unknown(Pattern pattern, Set<String> known) throws IOException {
        Set<String> unknown = new TreeSet<>();
        for (Document document : documents()) {
            document.codes()
                    .map(code -> code.replaceAll("[(<#].*", ""))
                    .flatMap(code -> Stream.of(code.split("[. ]")))
                    .filter(code -> pattern.matcher(code).matches() && !known.contains(code))
                    .forEach(code -> unknown.add(document.name() + ": " + code));
        }
        return unknown;
    }
}
