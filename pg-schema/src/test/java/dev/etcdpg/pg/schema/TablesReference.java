package dev.etcdpg.pg.schema;

import java.util.List;
import java.util.stream.Collectors;

/** Writes docs/tables.md from the catalog of a database. */
final class TablesReference {

    private static final String HEAD =
            """
            # Tables, views and functions

            This page lists the objects in PostgreSQL. It is generated from the catalog, where each object has the same description as a comment
            (`\\d+ etcd_sync.etcd_history` in psql shows it). After a change of the SQL run
            `./mvnw -pl pg-schema -am verify -Dit.test=TablesReferenceIT -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dreference.update`.
            All objects except the mirrored tables are in the bookkeeping schema, by default `etcd_sync`.
            [applications.md](applications.md) describes how to write the mirrored table, and [operations.md](operations.md) how to use the rest.
            """;

    private static final String MIRRORED = "public.etcd";
    private static final List<String> FOR_USERS =
            List.of("etcd_pending", "etcd_conflict", "etcd_history", "etcd_status");

    private final Db db;

    TablesReference(Db db) {
        this.db = db;
    }

    String write() {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("\n## The mirrored table\n");
        page.append(
                "\nThis is the table of the route `etcd`. The table of another route has another name and the same columns.\n");
        page.append(relation(MIRRORED));
        page.append("\n## Tables and views for applications and operators\n");
        FOR_USERS.forEach(name -> page.append(relation(name)));
        page.append("\n## Functions for operators\n\n| function | description |\n| --- | --- |\n");
        functions().forEach(row -> page.append(row).append('\n'));
        page.append(
                "\n## Bookkeeping\n\nOnly the connectors write these tables. Their columns can change in any version.\n");
        others().forEach(name -> page.append(relation(name)));
        return page.toString();
    }

    /** Returns the columns without a description, as "table.column". */
    List<String> undescribed() {
        return db.rows("select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid"
                + " where c.relnamespace = 'etcd_sync'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped"
                + " and c.relname <> 'etcd_schema_history' and col_description(c.oid, a.attnum) is null order by 1");
    }

    private String relation(String name) {
        return "\n### `" + name + "`\n\n"
                + db.one("select obj_description(?::regclass, 'pg_class')", name)
                + "\n\n| column | type | description |\n| --- | --- | --- |\n"
                + String.join("\n", columns(name))
                + "\n";
    }

    private List<String> columns(String name) {
        return db.rows(
                "select '| `' || attname || '` | `' || format_type(atttypid, atttypmod) || '` | '"
                        + " || replace(coalesce(col_description(attrelid, attnum), ''), '|', '\\|') || ' |'"
                        + " from pg_attribute where attrelid = ?::regclass and attnum > 0 and not attisdropped order by attnum",
                name);
    }

    private List<String> functions() {
        return db.rows("select '| `' || proname || '(' || pg_get_function_arguments(oid) || ')` | '"
                + " || obj_description(oid, 'pg_proc') || ' |'"
                + " from pg_proc where pronamespace = 'etcd_sync'::regnamespace and obj_description(oid, 'pg_proc') is not null"
                + " order by proname, pronargs desc");
    }

    private List<String> others() {
        return db
                .rows(
                        "select relname from pg_class where relnamespace = 'etcd_sync'::regnamespace and relkind in ('r', 'v')"
                                + " and relname <> 'etcd_schema_history' order by relname")
                .stream()
                .filter(name -> !FOR_USERS.contains(name))
                .collect(Collectors.toList());
    }
}
