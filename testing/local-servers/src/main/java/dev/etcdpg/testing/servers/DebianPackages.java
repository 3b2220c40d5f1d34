package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Unpacks packages of a Debian suite into a folder and leaves the system unchanged: apt runs with lists, cache and sources of its own,
 * and downloads from the machine's mirror.
 */
final class DebianPackages {
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Path SOURCES = Path.of("/etc/apt/sources.list");
    private static final Path SOURCES_FOLDER = Path.of("/etc/apt/sources.list.d");
    /** A line, in either format of sources, with an archive whose URI ends in /debian. */
    private static final Pattern ARCHIVE =
            Pattern.compile("^(?:URIs:|deb)\\s+(?:\\[[^]]*]\\s+)?(\\S+/debian/?)(?:\\s|$)", Pattern.MULTILINE);

    private DebianPackages() {}

    static boolean available() {
        return Files.exists(KEYRING)
                && Command.onPath("apt-get") != null
                && Command.onPath("dpkg-deb") != null
                && mirror().isPresent();
    }

    static void unpack(String suite, List<String> packages, Path target) throws IOException {
        Path work = Files.createDirectory(target.resolve("apt"));
        Files.createDirectories(work.resolve("lists/partial"));
        Files.createDirectories(work.resolve("cache/archives/partial"));
        Path parts = Files.createDirectories(work.resolve("sources"));
        Files.writeString(
                parts.resolve("only.sources"),
                String.join(
                        "\n",
                        "Types: deb",
                        "URIs: " + mirror().orElseThrow(),
                        "Suites: " + suite,
                        "Components: main",
                        "Signed-By: " + KEYRING,
                        ""));
        apt(work, "update", List.of());
        apt(work, "download", packages);
        try (Stream<Path> files = Files.list(work)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".deb")).toList()) {
                Command.run(List.of("dpkg-deb", "-x", file.toString(), target.toString()));
            }
        }
        Folders.delete(work);
    }

    private static void apt(Path work, String verb, List<String> packages) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "cd \"$0\" && exec apt-get \"$@\""));
        command.add(work.toString());
        for (String option : List.of(
                "Dir::State::lists=" + work.resolve("lists"),
                "Dir::State::status=/dev/null",
                "Dir::Cache=" + work.resolve("cache"),
                "Dir::Etc::sourcelist=/dev/null",
                "Dir::Etc::sourceparts=" + work.resolve("sources"),
                "Dir::Etc::preferences=/dev/null",
                "Dir::Etc::preferencesparts=/dev/null",
                "APT::Default-Release=",
                "APT::Sandbox::User=root",
                "Acquire::Languages=none")) {
            command.add("-o");
            command.add(option);
        }
        command.add("-q");
        command.add(verb);
        command.addAll(packages);
        Command.run(command);
    }

    private static Optional<String> mirror() {
        try {
            List<Path> files = new ArrayList<>();
            if (Files.exists(SOURCES)) {
                files.add(SOURCES);
            }
            if (Files.isDirectory(SOURCES_FOLDER)) {
                try (Stream<Path> listed = Files.list(SOURCES_FOLDER)) {
                    listed.filter(f -> f.toString().endsWith(".sources")
                                    || f.toString().endsWith(".list"))
                            .sorted()
                            .forEach(files::add);
                }
            }
            for (Path file : files) {
                Matcher archive = ARCHIVE.matcher(Files.readString(file));
                if (archive.find()) {
                    return Optional.of(archive.group(1));
                }
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
