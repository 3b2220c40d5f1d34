package dev.etcdpg.pg.sink;

import dev.etcdpg.testing.servers.PostgresVersion;

/** Runs the same tests on the oldest supported PostgreSQL. */
class RulesOnOldestIT extends RulesIT {

    @Override
    PostgresVersion version() {
        return PostgresVersion.LOW;
    }
}
