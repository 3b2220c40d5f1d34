package dev.etcdpg.testing.protocol.history;

import dev.etcdpg.core.Revision;
import dev.etcdpg.testing.protocol.etcd.ModelEtcd;
import dev.etcdpg.testing.protocol.postgres.ModelPostgres;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.Layouts;
import dev.etcdpg.testing.protocol.world.World;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What must hold when a history has come to rest. */
public final class Verdicts {

    private final World world;
    private final ModelPostgres.Look look;
    private final Map<String, ModelEtcd.Version> etcd;

    private Verdicts(World world) {
        this.world = world;
        this.look = world.postgres.look();
        this.etcd = world.etcd.live(Layouts.ROUTE.prefix());
    }

    public static void judge(World world) {
        new Verdicts(world).judge();
    }

    private void judge() {
        equal();
        mirrored();
        check(look.pending().isEmpty(), "pending: " + look.pending());
        check(look.requests() == 0, "pending: requests " + look.requests());
        world.run.wrong.addAll(world.postgres.outcomes());
        history();
        if (world.lossy) {
            world.run.wrong.removeIf(what -> what.startsWith("overwrite"));
            return;
        }
        lastWins();
        boolean reason = world.has(Flag.EPOCH) || world.has(Flag.B_LOST) || world.has(Flag.NO_PROGRESS);
        check(world.epochs() <= 1 || reason, "false-epoch: " + world.epochs());
        if (!world.has(Flag.POSTGRES_WINS) && !world.has(Flag.MANUAL) && world.epochs() <= 1) {
            world.written.forEach((id, times) -> check(times <= 1, "twice: W" + id));
        }
        check(!world.postgres.flickers(), "flicker: an echo moved a row back");
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            world.run.wrong.add(otherwise);
        }
    }

    /** Rows are keys, with value and revision. */
    private void equal() {
        Map<String, ModelPostgres.Row> wanted = new TreeMap<>();
        etcd.forEach((key, v) -> {
            if (v.isText()) {
                wanted.put(key, new ModelPostgres.Row(v.value().toStringUtf8(), v.mod()));
            }
        });
        check(wanted.equals(look.rows()), "diverged: etcd " + wanted + ", postgres " + look.rows());
    }

    private void mirrored() {
        Map<String, Long> wanted = new TreeMap<>();
        etcd.forEach((key, v) -> wanted.put(key, v.mod()));
        Map<String, Long> found = new TreeMap<>();
        look.mirror().forEach((key, m) -> found.put(key, m.at().revision()));
        check(wanted.equals(found), "mirror: etcd " + wanted + ", postgres " + found);
        look.mirror().forEach((key, m) -> {
            ModelEtcd.Version v = etcd.get(key);
            if (v != null && v.isText()) {
                check(
                        v.value().toStringUtf8().equals(m.value()),
                        "mirror: of " + key + " etcd has " + v.value().toStringUtf8() + ", postgres " + m.value());
            }
        });
    }

    /** The history of a key is in order, has nothing that never was, and, if nothing hid it, all that was. */
    private void history() {
        Map<String, Revision> last = new HashMap<>();
        Map<String, Set<Long>> seen = new HashMap<>();
        Map<String, Long> first = new HashMap<>();
        for (ModelPostgres.Applied entry : look.history()) {
            Revision before = last.put(entry.key(), entry.at());
            check(before == null || entry.at().isAfter(before), "history: " + entry + " after " + before);
            seen.computeIfAbsent(entry.key(), k -> new HashSet<>())
                    .add(entry.at().revision());
            first.putIfAbsent(entry.key(), entry.at().revision());
            if (!world.lossy && !(entry.snapshot() && entry.value() == null)) {
                check(
                        world.etcd.versions(entry.key()).stream()
                                .anyMatch(v -> v.mod() == entry.at().revision() && v.isValue(entry.value())),
                        "history: " + entry + " never was");
            }
        }
        if (!world.lossy && !world.gaps()) {
            first.forEach((key, from) -> {
                List<Long> missing = world.etcd.versions(key).stream()
                        .map(ModelEtcd.Version::mod)
                        .filter(mod -> mod >= from && !seen.get(key).contains(mod))
                        .toList();
                check(missing.isEmpty(), "history: lacks " + missing + " of " + key);
            });
        }
    }

    /** Without anybody else who writes etcd. */
    private void lastWins() {
        if (!world.has(Flag.NO_APP) || world.has(Flag.FAIL)) {
            return;
        }
        world.lastCommit.forEach((key, value) -> {
            ModelPostgres.Row row = look.rows().get(key);
            String now = row == null ? null : row.value();
            check(
                    Objects.equals(now, value),
                    "last-wins: " + key + " is " + now + ", " + value + " was committed last");
        });
        check(look.conflicts() == 0, "false-conflict: " + look.conflicts());
        check(world.refused == 0 || world.gaps(), "false-refusal: " + world.refused);
    }
}
