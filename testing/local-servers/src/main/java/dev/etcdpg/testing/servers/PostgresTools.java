package dev.etcdpg.testing.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** pg_dump and psql of Debian 12 (version 15), which can read a server of version 14. The archives with the servers lack these programs. */
public final class PostgresTools {

    private static final List<String> PACKAGES = List.of("postgresql-client-15", "libpq5");

    private PostgresTools() {}

    /** Returns whether the programs can be fetched as packages of Debian, and run here. */
    public static boolean isAvailable() {
        if (!DebianPackages.available()) {
            return false;
        }
        try {
            run("pg_dump", "--version");
            run("psql", "--version");
            return true;
        } catch (ServerException missingLibrary) {
            return false;
        }
    }

    /** Writes the contents of a database to a file of SQL. */
    public static void dump(Postgres server, String database, Path file) {
        run("pg_dump", "--file=" + file, server.url(database));
    }

    /** Writes the definitions of a database, without its rows, to a file of SQL. */
    public static void dumpSchema(Postgres server, String database, Path file) {
        run("pg_dump", "--schema-only", "--file=" + file, server.url(database));
    }

    /** Runs a file of SQL in a database, and stops at the first error. */
    public static void runFile(Postgres server, String database, Path file) {
        run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file=" + file, server.url(database));
    }

    private static void run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(
                packages().resolve("usr/lib/postgresql/15/bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        Command.run(
                command,
                Map.of(
                        "LD_LIBRARY_PATH",
                        packages().resolve("usr/lib/x86_64-linux-gnu").toString()));
    }

    private static Path packages() {
        return Folders.cached(Folders.cache(), "postgresql-client-15-bookworm", folder -> {
            ProgressLines.say("PostgreSQL's client programs: fetching Debian's packages into " + Folders.cache());
            DebianPackages.unpack("bookworm", PACKAGES, folder);
        });
    }
}
