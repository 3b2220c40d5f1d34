package dev.etcdpg.etcd.sink;

import java.util.Locale;

/** What to do when a record shows that one before it never came. */
enum LossPolicy {
    /** Begin a new epoch: PostgreSQL sends again what was lost. */
    HEAL,
    /** Fail the task. */
    FAIL,
    /** Log it and go on. */
    IGNORE;

    static LossPolicy of(String setting) {
        return valueOf(setting.toUpperCase(Locale.ROOT));
    }
}
