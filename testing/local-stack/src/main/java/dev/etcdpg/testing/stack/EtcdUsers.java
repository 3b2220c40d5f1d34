package dev.etcdpg.testing.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.etcdpg.testing.servers.Etcd;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/** The users of a secured etcd: root, and the users that etcd-roles.sh creates for the connectors. */
final class EtcdUsers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROOT = "root";

    private final Etcd etcd;
    private final SecurityFolder files;
    private final Function<Etcd, EtcdHttpClient> client;

    /** @param client makes a client without a user */
    EtcdUsers(Etcd etcd, SecurityFolder files, Function<Etcd, EtcdHttpClient> client) {
        this.etcd = etcd;
        this.files = files;
        this.client = client;
    }

    /** Creates the users and enables authentication, if it is not enabled yet. */
    void create() {
        if (etcd.etcdctl("auth", "status").contains("Authentication Status: true")) {
            return;
        }
        try {
            createRoot(client.apply(etcd));
            createConnectors();
            etcd.etcdctl("auth", "enable");
        } catch (IOException e) {
            throw new SandboxException("cannot create the users of etcd: " + e.getMessage(), e);
        }
    }

    /** Not with etcdctl, whose command line would show the password. */
    private void createRoot(EtcdHttpClient gateway) throws IOException {
        boolean exists = false;
        for (JsonNode user :
                gateway.call("auth/user/list", JSON.createObjectNode()).path("users")) {
            exists |= user.asText().equals(ROOT);
        }
        ObjectNode root = JSON.createObjectNode().put("password", files.password(ROOT));
        gateway.call(exists ? "auth/user/changepw" : "auth/user/add", root.put("name", ROOT));
        gateway.call(
                "auth/user/grant", JSON.createObjectNode().put("user", ROOT).put("role", ROOT));
    }

    private void createConnectors() {
        etcd.runScript(
                Checkout.securityExamples().resolve("etcd-roles.sh"),
                Map.of(
                        "SOURCE_PASSWORD", files.password("etcd-source"),
                        "SINK_PASSWORD", files.password("etcd-sink")),
                Stack.PREFIX);
    }
}
