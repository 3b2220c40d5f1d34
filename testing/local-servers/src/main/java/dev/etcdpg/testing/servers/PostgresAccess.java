package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How clients reach a PostgreSQL server: the certificates of TLS, and the rules of pg_hba.conf.
 *
 * @param files certificate of the server; null without TLS
 * @param clientAuthority issues the certificates of clients; null without TLS
 * @param rules lines of pg_hba.conf before the rule for all
 */
record PostgresAccess(CertificateFiles files, Path clientAuthority, List<String> rules) {
    /** Without TLS. initdb has made the rule that asks for a password. */
    static final PostgresAccess BY_PASSWORD = new PostgresAccess(null, null, List.of());

    private static final String FOR_ALL = "host all all 127.0.0.1/32 scram-sha-256";

    PostgresAccess with(CertificateFiles others) {
        return new PostgresAccess(others, clientAuthority, rules);
    }

    /**
     * Puts the files where the server can read them. PostgreSQL refuses a key that another user owns.
     *
     * @return settings of postgresql.conf
     */
    Map<String, String> prepare(Path folder) throws IOException {
        if (files == null) {
            return Map.of();
        }
        PostgresUser user = PostgresUser.find();
        Path tls = Files.createDirectories(folder.resolve("tls"));
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("ssl", "on");
        settings.put("ssl_cert_file", copy(files.certificate(), tls.resolve("server.crt")));
        settings.put("ssl_key_file", copy(files.key(), tls.resolve("server.key")));
        settings.put("ssl_ca_file", copy(clientAuthority, tls.resolve("clients.crt")));
        List<String> lines = new ArrayList<>(rules);
        lines.add(FOR_ALL);
        lines.add("host replication all 127.0.0.1/32 scram-sha-256");
        Path hba = Files.write(tls.resolve("pg_hba.conf"), lines);
        settings.put("hba_file", hba.toString());
        user.own(tls);
        for (Path file :
                List.of(tls.resolve("server.crt"), tls.resolve("server.key"), tls.resolve("clients.crt"), hba)) {
            user.own(file);
        }
        return settings;
    }

    private static String copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        return to.toString();
    }
}
