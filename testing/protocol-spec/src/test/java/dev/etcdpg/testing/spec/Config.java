package dev.etcdpg.testing.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A configuration of TLC: the bounds of a module, and the invariants and properties that must hold. The name of its file is {@code
 * <module>.<name>.cfg}.
 *
 * @param name the name of the file without its ending
 */
record Config(String name, String text) {

    private static final Pattern JUDGED = Pattern.compile("(?m)^(INVARIANTS?|PROPERTY|PROPERTIES)\\s+(.*)$");

    static List<Config> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".cfg"))
                    .sorted()
                    .map(Config::read)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + folder, e);
        }
    }

    private static Config read(Path file) {
        try {
            return new Config(file.getFileName().toString().replaceFirst("\\.cfg$", ""), Files.readString(file));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    /** Returns the name of the module. */
    String module() {
        return name.substring(0, name.indexOf('.'));
    }

    /** Returns the names of the invariants and properties that must hold. */
    List<String> judged() {
        List<String> names = new ArrayList<>();
        Matcher lines = JUDGED.matcher(text);
        while (lines.find()) {
            names.addAll(List.of(lines.group(2).trim().split("\\s+")));
        }
        return names;
    }

    /**
     * Returns this configuration with other values of some constants.
     *
     * @throws IllegalArgumentException if this configuration lacks a constant
     */
    Config with(String newName, Map<String, String> constants) {
        String changed = text;
        for (Map.Entry<String, String> constant : constants.entrySet()) {
            Matcher line = Pattern.compile("(?m)^(\\s*" + Pattern.quote(constant.getKey()) + "\\s*=).*$")
                    .matcher(changed);
            if (!line.find()) {
                throw new IllegalArgumentException(name + " has no constant " + constant.getKey());
            }
            changed = line.replaceFirst("$1 " + Matcher.quoteReplacement(constant.getValue()));
        }
        return new Config(newName, changed);
    }

    /** Returns this configuration with only one invariant or property. */
    Config judgingOnly(String only) {
        StringBuilder kept = new StringBuilder();
        Matcher lines = JUDGED.matcher(text);
        boolean found = false;
        while (lines.find()) {
            boolean here = List.of(lines.group(2).trim().split("\\s+")).contains(only);
            found |= here;
            lines.appendReplacement(kept, here ? Matcher.quoteReplacement(lines.group(1) + " " + only) : "");
        }
        if (!found) {
            throw new IllegalArgumentException(name + " does not judge " + only);
        }
        return new Config(name, lines.appendTail(kept).toString());
    }

    @Override
    public String toString() {
        return name;
    }
}
