package dev.etcdpg.testing.stack;

import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.Postgres;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Everything in plain text. The connectors and all clients of PostgreSQL use the superuser, whose password is no secret. */
final class NoSecurity implements StackSecurity {

    @Override
    public void protect(Etcd.Builder etcd) {}

    @Override
    public void protect(Postgres.Builder postgres) {}

    @Override
    public Map<String, String> workerSettings() {
        return Map.of();
    }

    @Override
    public Path examples() {
        return Checkout.examples();
    }

    /** The PostgreSQL sink installs its schema. */
    @Override
    public void createUsers(Etcd etcd, Postgres postgres) {}

    @Override
    public Map<String, String> environment(Etcd etcd, Postgres postgres) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("ETCD_ENDPOINTS", etcd.endpoint());
        all.put("PG_URL", postgres.url(Stack.DATABASE));
        all.put("PG_JDBC_URL", postgres.jdbcUrl(Stack.DATABASE));
        all.put("PG_USER", postgres.user());
        all.put("PG_PASSWORD", postgres.password());
        return all;
    }

    @Override
    public EtcdHttpClient etcdClient(Etcd etcd) {
        return new EtcdHttpClient(etcd.endpoint());
    }

    @Override
    public SqlLogin login(Postgres postgres, SqlRole role) {
        return login(postgres, postgres.user(), postgres.password());
    }

    @Override
    public SqlLogin newApplication(Postgres postgres, String name) {
        postgres.execute(
                Stack.DATABASE,
                "do $$ begin if to_regrole('" + name + "') is null then create role " + name + " login; end if; end $$;"
                        + " alter role " + name + " password '" + name + "';"
                        + " grant select, insert, update, delete on public.etcd to " + name);
        return login(postgres, name, name);
    }

    private static SqlLogin login(Postgres postgres, String user, String password) {
        return new SqlLogin(postgres.jdbcUrl(Stack.DATABASE), Map.of("user", user, "password", password));
    }
}
