package dev.etcdpg.pg.sink;

import dev.etcdpg.servers.PostgresVersion;

/** The same on the oldest PostgreSQL that is supported. */
class RulesOnOldestIT extends RulesIT {

    @Override
    PostgresVersion version() {
        return PostgresVersion.LOW;
    }
}
