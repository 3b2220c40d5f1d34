package dev.etcdpg.testing.servers;

/** The oldest and the newest PostgreSQL that are tested. */
public enum PostgresVersion {
    /** PostgreSQL 14. */
    LOW("postgres-low"),
    /** PostgreSQL 18. */
    HIGH("postgres-high");

    private final String resource;

    PostgresVersion(String resource) {
        this.resource = resource;
    }

    String resource() {
        return resource;
    }
}
