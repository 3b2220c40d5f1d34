package dev.etcdpg.pg.client;

import dev.etcdpg.core.config.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.PGProperty;

/** Finds parameters of a JDBC URL that the driver does not know. The driver ignores them: with a mistyped sslmode, a connection would be in plain text. */
final class UrlParameters {

    private static final Set<String> KNOWN =
            Arrays.stream(PGProperty.values()).map(PGProperty::getName).collect(Collectors.toSet());

    private UrlParameters() {}

    /** Returns a sentence about the first unknown parameter; empty if there is none. The sentence contains no value. */
    static Optional<String> mistake(String url) {
        return names(url).stream()
                .filter(name -> !KNOWN.contains(name))
                .findFirst()
                .map(name -> "has the parameter " + name + ", which the driver does not know and would ignore."
                        + NearestName.of(name, KNOWN)
                                .map(meant -> " Did you mean " + meant + "?")
                                .orElse(""));
    }

    private static List<String> names(String url) {
        int begin = url.indexOf('?');
        return begin < 0
                ? List.of()
                : Arrays.stream(url.substring(begin + 1).split("&"))
                        .map(parameter -> parameter.split("=", 2)[0])
                        .filter(name -> !name.isEmpty())
                        .toList();
    }
}
