package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.Revision;
import dev.etcdpg.testing.servers.Etcd;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The etcd user may write the route, except for some keys. */
class RefusedKeyIT {

    private static final String[] ROOT = {"--user=root:root"};

    private static Etcd etcd;

    private Setup setup;

    @BeforeAll
    static void startEtcd() {
        etcd = Etcd.builder().name("refusing").start();
        etcd.etcdctl("user", "add", "root:root");
        etcd.etcdctl("user", "grant-role", "root", "root");
        etcd.etcdctl("user", "add", "app:pw");
    }

    @AfterAll
    static void stopEtcd() {
        etcd.close();
    }

    /** Makes a task of a user who may write the keys of the route up to "m", and the sample key of the permission check. */
    private void start(Map<String, String> more) {
        Map<String, String> settings = new java.util.HashMap<>(Map.of("etcd.user", "app", "etcd.password", "pw"));
        settings.putAll(more);
        setup = new Setup(etcd, settings);
        String role = "role" + setup.prefix.replace('/', '-');
        etcd.etcdctl("role", "add", role);
        etcd.etcdctl("user", "grant-role", "app", role);
        grant(role, "readwrite", setup.prefix, setup.prefix + "m");
        grant(role, "readwrite", setup.prefix + "permission-check", setup.prefix + "permission-checl");
        etcd.etcdctl("role", "grant-permission", role, "--prefix=true", "readwrite", setup.keys.prefix());
        etcd.etcdctl("auth", "enable");
        setup.delivery.start();
    }

    private static void grant(String role, String permission, String from, String to) {
        etcd.etcdctl("role", "grant-permission", role, permission, from, to);
    }

    @AfterEach
    void disableAuth() {
        setup.delivery.task.stop();
        etcd.etcdctl(ROOT[0], "auth", "disable");
        setup.client.close();
    }

    private void withoutAuth() {
        etcd.etcdctl(ROOT[0], "auth", "disable");
    }

    private void withAuth() {
        etcd.etcdctl("auth", "enable");
    }

    @Test
    void aKeyWithoutPermissionIsHeldAndOthersFlow() {
        start(Map.of());
        for (int i = 0; i < 60; i++) {
            setup.change("a" + i, "v", 0);
        }
        setup.change("z", "secret", 0);
        for (int i = 0; i < 60; i++) {
            setup.change("b" + i, "v", 0);
        }
        setup.delivery.all();
        setup.delivery.restart(setup.delivery.committed());
        setup.change("c", "v", 0);
        setup.delivery.all();
        withoutAuth();

        assertThat(setup.all()).hasSize(121);
        assertThat(setup.value("z")).isNull();
        assertThat(setup.answer("z"))
                .contains("failed", "must not read and write this key", "app")
                .doesNotContain("secret");
        assertThat(setup.delivery.context.deadLetters()).singleElement().satisfies(letter -> assertThat(letter.key())
                .isEqualTo(setup.prefix + "z"));
        withAuth();
    }

    /** etcd checks the permission for all keys of a lease when somebody asks whether the lease exists. */
    @Test
    void aLeaseWithForeignKeysAffectsNoOtherChange() {
        start(Map.of());
        withoutAuth();
        long lease = setup.client.grant(Duration.ofMinutes(10));
        setup.put("/foreign" + setup.prefix, "x", lease);
        long base = setup.put(setup.prefix + "a", "old", lease);
        long dead = setup.client.grant(Duration.ofMinutes(10));
        setup.client.revoke(dead);
        withAuth();
        setup.change("a", "new", new Revision(Setup.EPOCH, base), lease);
        setup.change("dead", "v", new Revision(Setup.EPOCH, 0), dead);
        setup.change("b", "v", 0);
        setup.delivery.all();
        withoutAuth();

        assertThat(setup.value("a")).isEqualTo("new");
        assertThat(setup.answer("dead")).contains("refused", "lease is gone");
        assertThat(setup.value("b")).isEqualTo("v");
        withAuth();
    }

    @Test
    void aPlainRecordWithoutPermissionIsADeadLetter() {
        start(Map.of());
        TopicPartition plain = new TopicPartition("plain", 0);
        setup.add(plain, setup.prefix + "z", null, "secret");
        setup.add(plain, setup.prefix + "a", null, "v");
        setup.delivery.all();
        withoutAuth();

        assertThat(setup.value("z")).isNull();
        assertThat(setup.value("a")).isEqualTo("v");
        assertThat(setup.delivery.context.deadLetters()).hasSize(1);
        withAuth();
    }

    /** Only a user with the whole prefix may have single keys refused. Without it, the task fails, and says at which key. */
    @Test
    void aTaskThatFailsForWantOfAPermissionNamesTheKey() {
        start(Map.of());
        withoutAuth();
        etcd.etcdctl(
                "role",
                "revoke-permission",
                "role" + setup.prefix.replace('/', '-'),
                setup.prefix + "permission-check",
                setup.prefix + "permission-checl");
        withAuth();
        setup.change("z", "v", 0);
        assertThatThrownBy(setup.delivery::once)
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("grant its role readwrite")
                .hasMessageContaining("for the key " + setup.prefix + "z");
    }

    @Test
    void aUserWhoMayNotWriteTheRouteAtAllFailsTheTask() {
        start(Map.of());
        withoutAuth();
        etcd.etcdctl("user", "revoke-role", "app", "role" + setup.prefix.replace('/', '-'));
        withAuth();
        setup.change("a", "v", 0);
        assertThatThrownBy(setup.delivery::once)
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("grant its role readwrite");
    }
}
