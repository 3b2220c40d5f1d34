package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstallIT {

    private static final String GOOD =
            "key text collate \"C\" primary key, value text not null, create_revision bigint default 0,"
                    + " mod_revision bigint default 0, version bigint default 0, lease bigint default 0, updated_at timestamptz";

    private Db db;

    @BeforeEach
    void migrate() {
        db = Db.migrated();
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void makesTheTableAndDoesNothingTheSecondTime() {
        assertThat(db.one("select etcd_install('app', '/a/')")).isEqualTo("t");
        assertThat(db.one("select etcd_install('app', '/a/')")).isEqualTo("f");
        db.run("insert into public.app (key, value) values ('/a/1', 'x')");
        assertThat(db.one("select etcd_install('app', '/a/')")).isEqualTo("f");
        assertThat(db.wal()).containsExactly("/a/1 put x");
    }

    @Test
    void aNameMayNeedQuotes() {
        db.run("create schema \"My Schema\"");
        db.run("select etcd_install('my-app', '/my/''x\\/', 'My Schema', 'Config \"Table\"')");
        db.run("insert into \"My Schema\".\"Config \"\"Table\"\"\" (key, value) values ('/my/''x\\/1', 'x')");
        assertThat(db.wal()).containsExactly("/my/'x\\/1 put x");
        assertThat(db.one("select etcd_install('my-app', '/my/''x\\/', 'My Schema', 'Config \"Table\"')"))
                .isEqualTo("f");
        db.run("insert into etcd_snapshot values ('my-app', 0, '', '', 10, 1, 0, 1)");
        assertThat(db.number("select etcd_sweep()")).isEqualTo(1);
        assertThat(db.dispatch()).isEqualTo(1);
    }

    @Test
    void enqueuesTheRowsThatAreThere() {
        db.run("create table public.app (" + GOOD + "); insert into public.app values ('/a/2', 'y'), ('/a/1', 'x')");
        db.run("select etcd_install('app', '/a/')");
        assertThat(db.wal()).containsExactly("/a/1 put x", "/a/2 put y");
    }

    @Test
    void ignoresTheRowsThatAreThereIfToldSo() {
        db.run("create table public.app (" + GOOD + "); insert into public.app values ('/a/2', 'y'), ('/a/1', 'x')");
        db.run("select etcd_install('app', '/a/', existing_rows => 'ignore')");
        assertThat(db.wal()).isEmpty();
        db.run("update public.app set value = 'z' where key = '/a/1'");
        assertThat(db.wal()).containsExactly("/a/1 put z");
        assertThat(db.rows("select * from etcd_differences('app')")).containsExactly("/a/2 row without a key in etcd");
    }

    @Test
    void refusesRowsIfToldSo() {
        db.run("create table public.app (" + GOOD + "); insert into public.app values ('/a/2', 'y'), ('/a/1', 'x')");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/', existing_rows => 'fail')"))
                .hasMessageContaining("has 2 rows already");
        assertThat(db.rows("select * from etcd_route")).isEmpty();
        assertThat(db.number("select count(*) from pg_trigger where tgname like 'zz_etcd%'"))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "''", "'send'"})
    void existingRowsHasThreeValues(String value) {
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/', existing_rows => " + value + ")"))
                .hasMessageContaining("existing_rows must be enqueue, ignore or fail");
        assertThat(db.rows("select * from etcd_route")).isEmpty();
    }

    @Test
    void refusesRowsThatCanNotGoToEtcd() {
        db.run("create table public.app (" + GOOD + "); insert into public.app values ('/b/2', 'y'), ('/a/1', 'x')");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/')"))
                .hasMessageContaining("the first is key \"/b/2\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "key text collate \"C\" primary key, value text                 | column value must be text not null",
                "key text collate \"C\" primary key, value jsonb not null       | column value must be text not null",
                "key text primary key, value text not null                      | must have collation \"C\"",
                "key text collate \"C\" not null, value text not null           | primary key must be (key)",
                "key text collate \"C\" primary key deferrable, value text not null | not deferrable",
                "key text collate \"C\", x int, value text not null, primary key (key, x) | primary key must be (key)",
                "key text collate \"C\" primary key, value text not null, x int not null  | column x must be nullable or have a default",
            })
    void refusesATableOfAnotherShape(String columns, String sentence) {
        db.run(
                "create table public.app (" + columns
                        + ", create_revision bigint, mod_revision bigint, version bigint, lease bigint, updated_at timestamptz)");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/')")).hasMessageContaining(sentence);
    }

    @Test
    void saysWhichColumnsAreMissing() {
        db.run("create table public.app (key text collate \"C\" primary key, value text not null, version int)");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/')"))
                .hasMessageContaining("column create_revision must be bigint")
                .hasMessageContaining("column version must be bigint")
                .hasMessageContaining("column updated_at must be timestamp with time zone");
    }

    @Test
    void namesAllFaultsAtOnce() {
        db.run("create unlogged table public.app (key text primary key, value text, x int not null)");
        db.run("create rule nothing as on update to public.app do instead nothing");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/')"))
                .hasMessageContaining("unlogged")
                .hasMessageContaining("the rule nothing")
                .hasMessageContaining("column value must be text not null")
                .hasMessageContaining("column lease must be bigint")
                .hasMessageContaining("collation \"C\"")
                .hasMessageContaining("column x must be nullable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quote_all_identifiers = on", "standard_conforming_strings = off"})
    void theRoleMayHaveOddSettings(String setting) {
        db.run("set " + setting + "; select etcd_install('app', '/a/')");
        assertThat(db.one("select etcd_install('app', '/a/')")).isEqualTo("f");
        db.run("insert into public.app (key, value) values ('/a/1', 'x')");
        assertThat(db.wal()).containsExactly("/a/1 put x");
    }

    @Test
    void refusesPartitionedTablesAndViews() {
        db.run(
                "create table public.app (key text collate \"C\" primary key, value text not null) partition by hash (key)");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/')")).hasMessageContaining("partitioned");
        db.run("create table public.part partition of public.app for values with (modulus 1, remainder 0)");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/', table_name => 'part')"))
                .hasMessageContaining("partitioned");
        db.run("create view public.v as select 1");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/', table_name => 'v')"))
                .hasMessageContaining("not a plain table");
    }

    @Test
    void aRouteKeepsItsPrefixAndTable() {
        db.run("select etcd_install('app', '/a/')");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/b/')"))
                .hasMessageContaining("cannot change to \"/b/\"");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/', table_name => 'other')"))
                .hasMessageContaining("cannot move");
        assertThatThrownBy(() -> db.run("select etcd_install('sub', '/a/sub/')"))
                .hasMessageContaining("overlaps that of app");
        assertThatThrownBy(() -> db.run("select etcd_install('all', '/')"))
                .hasMessageContaining("overlaps that of app");
        db.run("select etcd_install('other', '/b/')");
        assertThatThrownBy(() -> db.run("select etcd_install('Bad Name', '/c/')"))
                .hasMessageContaining("lower case");
        assertThatThrownBy(() -> db.run("select etcd_install('empty', '')")).hasMessageContaining("must not be empty");
    }

    /** The runbook of operations.md: the table moves to another schema, and keeps its bookkeeping. */
    @Test
    void aRouteMovesWithItsTable() {
        db.run("select etcd_install('app', '/a/')");
        db.mirror("/a/1", "x", 10, 3);
        db.run("begin; create schema elsewhere; alter table public.app set schema elsewhere;"
                + " update etcd_route set table_schema = 'elsewhere' where route = 'app'; commit");
        assertThat(db.one("select etcd_install('app', '/a/', 'elsewhere')")).isEqualTo("f");
        db.run("update elsewhere.app set value = 'y'");
        assertThat(db.wal()).containsExactly("/a/1 put y");
        assertThat(db.rows("select key, revision from etcd_history")).containsExactly("/a/1 3");
        assertThat(db.rows("select * from etcd_differences('app')")).isEmpty();
    }

    @Test
    void repairsTriggersThatAreMissingAndEnqueuesWhatTheyDidNotSee() {
        db.run("select etcd_install('app', '/a/')");
        db.mirror("/a/same", "s", 10, 3);
        db.run("alter table public.app disable trigger zz_etcd_insert; drop trigger zz_etcd_update on public.app");
        db.run("insert into public.app (key, value) values ('/a/1', 'unseen')");
        assertThat(db.wal()).isEmpty();
        assertThat(db.one("select etcd_install('app', '/a/', existing_rows => 'ignore')"))
                .isEqualTo("t");
        assertThat(db.wal()).containsExactly("/a/1 put unseen");
        db.run("update public.app set value = 'seen' where key = '/a/1'");
        assertThat(db.wal()).containsExactly("/a/1 put unseen", "/a/1 put seen");
    }

    @Test
    void aTableThatIsGoneIsNotMadeAnewSilently() {
        db.run("select etcd_install('app', '/a/')");
        db.run("drop table public.app");
        assertThatThrownBy(() -> db.run("select etcd_install('app', '/a/')"))
                .hasMessageContaining("table public.app of route app is gone")
                .hasMessageContaining(db.one("select format('select %I.etcd_uninstall(''app'')', current_schema())"))
                .hasMessageContaining(db.one("select format('select %I.etcd_resync(''/a/'')', current_schema())"));
        db.run("select etcd_uninstall('app')");
        assertThat(db.one("select etcd_install('app', '/a/')")).isEqualTo("t");
        assertThat(db.number("select etcd_resync('/a/')")).isEqualTo(1);
    }

    @Test
    void uninstallingLeavesTheTableAlone() {
        db.run("select etcd_install('app', '/a/')");
        db.run("insert into public.app (key, value) values ('/a/1', 'x')");
        db.run("select etcd_uninstall('app')");
        db.run("insert into public.app (key, value) values ('anything', 'y')");
        assertThat(db.wal()).isEmpty();
        assertThat(db.number("select count(*) from public.app")).isEqualTo(2);
        assertThatThrownBy(() -> db.run("select etcd_uninstall('app')")).hasMessageContaining("no route");
    }
}
