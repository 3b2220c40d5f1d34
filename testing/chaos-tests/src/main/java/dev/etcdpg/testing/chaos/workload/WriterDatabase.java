package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.stack.SqlLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** The database as the writers reach it: directly, or through a pooler. */
public final class WriterDatabase {
    private final SqlLogin login;

    /** @param login of the application, at the server or at a pooler */
    public WriterDatabase(SqlLogin login) {
        this.login = login;
    }

    Connection connect(String applicationName) throws SQLException {
        return login.connect(Map.of(
                "ApplicationName",
                applicationName,
                "connectTimeout",
                "5",
                "socketTimeout",
                "120",
                // A pooler can give each transaction another server connection, which does not have the prepared
                // statements of the previous one.
                "prepareThreshold",
                "0"));
    }
}
