package dev.etcdpg.testing.protocol.history;

import dev.etcdpg.core.Revision;
import dev.etcdpg.testing.protocol.etcd.InMemoryEtcd;
import dev.etcdpg.testing.protocol.postgres.PostgresSide;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import dev.etcdpg.testing.protocol.world.World;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** The conditions that must hold when a world is at rest. */
public final class Verdicts {

    private final World world;
    private final PostgresSide.Contents contents;
    private final Map<String, InMemoryEtcd.Version> etcd;

    private Verdicts(World world) {
        this.world = world;
        this.contents = world.postgres.contents();
        this.etcd = world.etcd.live(WorldLayout.ROUTE.prefix());
    }

    public static void judge(World world) {
        new Verdicts(world).judge();
    }

    private void judge() {
        equal();
        mirrored();
        check(contents.pending().isEmpty(), "pending: " + contents.pending());
        check(contents.requests() == 0, "pending: requests " + contents.requests());
        world.run.wrong.addAll(world.postgres.outcomes());
        history();
        if (world.lossy) {
            world.run.wrong.removeIf(what -> what.startsWith("overwrite"));
            return;
        }
        lastWins();
        boolean reason = world.has(Flag.EPOCH) || world.has(Flag.LOST_PG_RECORDS) || world.has(Flag.NO_PROGRESS);
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

    /** The table has the keys of etcd, with their values and revisions. */
    private void equal() {
        Map<String, PostgresSide.Row> wanted = new TreeMap<>();
        etcd.forEach((key, v) -> {
            if (v.isText()) {
                wanted.put(key, new PostgresSide.Row(v.value().toStringUtf8(), v.mod()));
            }
        });
        check(wanted.equals(contents.rows()), "diverged: etcd " + wanted + ", postgres " + contents.rows());
    }

    private void mirrored() {
        Map<String, Long> wanted = new TreeMap<>();
        etcd.forEach((key, v) -> wanted.put(key, v.mod()));
        Map<String, Long> found = new TreeMap<>();
        contents.mirror().forEach((key, m) -> found.put(key, m.at().revision()));
        check(wanted.equals(found), "mirror: etcd " + wanted + ", postgres " + found);
        contents.mirror().forEach((key, m) -> {
            InMemoryEtcd.Version v = etcd.get(key);
            if (v != null && v.isText()) {
                check(
                        v.value().toStringUtf8().equals(m.value()),
                        "mirror: of " + key + " etcd has " + v.value().toStringUtf8() + ", postgres " + m.value());
            }
        });
    }

    /** The history of a key is in order and has only revisions that existed. Without gaps, it has all revisions. */
    private void history() {
        Map<String, Revision> last = new HashMap<>();
        Map<String, Set<Long>> seen = new HashMap<>();
        Map<String, Long> first = new HashMap<>();
        for (PostgresSide.Applied entry : contents.history()) {
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
                        .map(InMemoryEtcd.Version::mod)
                        .filter(mod -> mod >= from && !seen.get(key).contains(mod))
                        .toList();
                check(missing.isEmpty(), "history: lacks " + missing + " of " + key);
            });
        }
    }

    /** If no other client writes to etcd, the last commit wins, and nothing is refused or lost. */
    private void lastWins() {
        if (!world.has(Flag.NO_APP) || world.has(Flag.FAIL)) {
            return;
        }
        world.lastCommit.forEach((key, value) -> {
            PostgresSide.Row row = contents.rows().get(key);
            String now = row == null ? null : row.value();
            check(
                    Objects.equals(now, value),
                    "last-wins: " + key + " is " + now + ", " + value + " was committed last");
        });
        check(contents.conflicts() == 0, "false-conflict: " + contents.conflicts());
        check(world.refused == 0 || world.gaps(), "false-refusal: " + world.refused);
    }
}
