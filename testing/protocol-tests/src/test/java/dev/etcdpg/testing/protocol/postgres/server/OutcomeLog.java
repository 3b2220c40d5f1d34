package dev.etcdpg.testing.protocol.postgres.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Judges the outcomes of local changes in a real PostgreSQL, from a log of its transactions. Each change has one outcome, in one transaction,
 * which removes the change from etcd_wal. If the transaction writes a conflict, the change is lost. Otherwise it is confirmed. The last
 * confirmed change of a key in a transaction must have the content that etcd was known to have before, or that the transaction applied.
 */
public final class OutcomeLog {

    public enum What {
        SETTLED,
        LOST,
        APPLIED,
        MIRRORED
    }

    /**
     * @param change id of the change, or 0
     * @param content equal contents mean equal values
     */
    public record Entry(long transaction, What what, String key, long change, String content) {}

    /** The content of an absent key. */
    public static final String ABSENT = "absent";

    private final Map<Long, Long> settled = new TreeMap<>();
    private final Map<Long, Long> lost = new TreeMap<>();
    private final Map<String, String> mirror = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    private OutcomeLog() {}

    /**
     * @param log in order
     * @param committed ids of the changes that applications committed
     * @param waiting ids of the pending changes
     * @return the violations
     */
    public static List<String> judge(List<Entry> log, Set<Long> committed, Set<Long> waiting) {
        OutcomeLog outcomes = new OutcomeLog();
        Map<Long, List<Entry>> transactions = new LinkedHashMap<>();
        log.forEach(e -> transactions
                .computeIfAbsent(e.transaction(), t -> new ArrayList<>())
                .add(e));
        transactions.values().forEach(outcomes::transaction);
        outcomes.account(committed, waiting);
        return outcomes.wrong;
    }

    private void transaction(List<Entry> entries) {
        Set<Long> losers = new HashSet<>();
        for (Entry e : entries) {
            boolean again = e.what() == What.SETTLED && settled.put(e.change(), e.transaction()) != null
                    || e.what() == What.LOST && lost.put(e.change(), e.transaction()) != null;
            if (again) {
                wrong.add("outcomes: W" + e.change() + " is " + e.what() + " again");
            }
            if (e.what() == What.LOST) {
                losers.add(e.change());
            }
        }
        Map<String, Entry> confirmed = new HashMap<>();
        entries.stream()
                .filter(e -> e.what() == What.SETTLED && !losers.contains(e.change()))
                .forEach(e -> confirmed.merge(e.key(), e, (a, b) -> a.change() > b.change() ? a : b));
        confirmed.values().forEach(last -> confirmed(last, entries));
        entries.stream().filter(e -> e.what() == What.MIRRORED).forEach(e -> mirror.put(e.key(), e.content()));
    }

    private void confirmed(Entry last, List<Entry> transaction) {
        boolean isKnown = last.content().equals(mirror.getOrDefault(last.key(), ABSENT))
                || transaction.stream()
                        .anyMatch(e -> (e.what() == What.APPLIED || e.what() == What.MIRRORED)
                                && e.key().equals(last.key())
                                && e.content().equals(last.content()));
        if (!isKnown) {
            wrong.add("unreported: W" + last.change() + " of " + last.key() + " is gone, and etcd did not have it");
        }
    }

    private void account(Set<Long> committed, Set<Long> waiting) {
        lost.forEach((id, transaction) -> {
            if (!transaction.equals(settled.get(id))) {
                wrong.add(
                        "outcomes: W" + id + " is lost, and " + (settled.containsKey(id) ? "settled apart" : "waits"));
            }
        });
        for (long id : committed) {
            if (!settled.containsKey(id) && !waiting.contains(id)) {
                wrong.add("unreported: W" + id + " is nowhere");
            }
        }
        for (long id : settled.keySet()) {
            if (!committed.contains(id)) {
                wrong.add("invented: W" + id);
            }
        }
    }
}
