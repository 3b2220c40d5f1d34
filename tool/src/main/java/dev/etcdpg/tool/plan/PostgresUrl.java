package dev.etcdpg.tool.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms of a PostgreSQL URL that {@code sync.yaml} accepts. */
final class PostgresUrl {

    private static final Pattern LIBPQ = Pattern.compile("postgres(?:ql)?://(.*)");

    private PostgresUrl() {}

    /** Returns a JDBC URL. A URL in the form of libpq differs from it by the beginning only, because users and passwords are not allowed in it. */
    static String jdbc(String url) {
        Matcher libpq = LIBPQ.matcher(url);
        return libpq.matches() ? "jdbc:postgresql://" + libpq.group(1) : url;
    }
}
