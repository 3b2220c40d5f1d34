package dev.etcdpg.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents in the archive have no link to a file that only the repository has. */
class ArchiveLinksIT {
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]+)(?:#[^)\\s]*)?\\)");

    @Test
    void linksLeadToFilesOfTheArchive() throws IOException {
        Set<String> broken = new TreeSet<>();
        int documents = 0;
        for (Path document : documents()) {
            documents++;
            LINK.matcher(Files.readString(document))
                    .results()
                    .map(link -> link.group(1))
                    .filter(link -> !link.matches("[a-z]+:.*"))
                    .filter(link -> !Files.exists(document.resolveSibling(link)))
                    .forEach(link -> broken.add(document.getFileName() + ": " + link));
        }
        assertThat(documents).isGreaterThan(10);
        assertThat(broken).as("links that lead out of the archive").isEmpty();
    }

    private static Set<Path> documents() throws IOException {
        Set<Path> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(PluginPath.folder())) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(found::add);
        }
        return found;
    }
}
