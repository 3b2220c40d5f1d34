package dev.etcdpg.pg.client;

import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Judges whether a connector can work with a JDBC URL as the driver understands it. Pure. */
final class UrlRules {

    private UrlRules() {}

    /** Returns a sentence about the first mistake, which continues the name of the setting; empty if there is none. It contains no value. */
    static Optional<String> mistake(String url) {
        Properties parsed = Driver.parseURL(url, new Properties());
        if (parsed == null) {
            return Optional.of("must have the form jdbc:postgresql://host:5432/database, with a port of at most 65535");
        }
        if (PGProperty.PG_DBNAME.getOrDefault(parsed) == null && PGProperty.SERVICE.getOrDefault(parsed) == null) {
            return Optional.of("names no database, so the driver would take a database with the name of the role. "
                    + "Set jdbc:postgresql://host:5432/database.");
        }
        if (PGProperty.READ_ONLY.getBoolean(parsed)) {
            return Optional.of("has the parameter readOnly, but the connector writes. Remove the parameter.");
        }
        if ("unspecified".equalsIgnoreCase(PGProperty.STRING_TYPE.getOrDefault(parsed))) {
            return Optional.of(
                    "has the parameter stringtype=unspecified, with which PostgreSQL cannot know the types in the "
                            + "connector's statements. Remove the parameter.");
        }
        return Optional.empty();
    }
}
