package dev.etcdpg.pg.sink;

import dev.etcdpg.testing.servers.PostgresVersion;

/** The same on the oldest PostgreSQL that is supported. */
class RulesOnOldestIT extends RulesIT {

    @Override
    PostgresVersion version() {
        return PostgresVersion.LOW;
    }
}
