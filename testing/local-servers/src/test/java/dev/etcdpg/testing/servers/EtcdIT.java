package dev.etcdpg.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdIT {

    @Test
    void dataAndPortSurviveAKill() {
        try (Etcd etcd = Etcd.started()) {
            etcd.etcdctl("put", "/a", "one");
            String endpoint = etcd.endpoint();

            etcd.kill();
            assertThat(etcd.isRunning()).isFalse();
            etcd.start();

            assertThat(etcd.endpoint()).isEqualTo(endpoint);
            assertThat(etcd.etcdctl("get", "/a", "--print-value-only").strip()).isEqualTo("one");
        }
    }

    @Test
    void aStoppedServerDoesNotAnswerUntilItGoesOn() {
        try (Etcd etcd = Etcd.started()) {
            etcd.stop();
            assertThatThrownBy(() -> etcd.etcdctl("--command-timeout=300ms", "get", "/a"))
                    .isInstanceOf(ServerException.class);
            etcd.cont();
            assertThat(etcd.etcdctl("get", "/a")).isEmpty();
        }
    }

    @Test
    void aLaterRunCanSignalADetachedServerByItsFolder(@TempDir Path folder) {
        Path place = folder.resolve("etcd");
        Etcd.builder().folder(place).detached().start().etcdctl("put", "/a", "one");

        try (Etcd again = Etcd.builder().folder(place).detached().build()) {
            assertThat(again.isRunning()).isTrue();
            again.kill();
            again.start();
            assertThat(again.etcdctl("get", "/a", "--print-value-only").strip()).isEqualTo("one");
        }
        assertThat(Files.exists(place)).isFalse();
    }

    @Test
    void threeMembersAgree() {
        List<Etcd> members = Etcd.cluster(3);
        try {
            members.get(0).etcdctl("put", "/a", "one");
            members.get(0).kill();
            assertThat(members.get(1).etcdctl("get", "/a", "--print-value-only").strip())
                    .isEqualTo("one");
        } finally {
            members.forEach(Etcd::close);
        }
    }

    @Test
    void aServerThatCannotStartSaysWhy() {
        try (Etcd etcd = Etcd.builder().flag("--no-such-flag").build()) {
            assertThatThrownBy(etcd::start)
                    .isInstanceOf(ServerException.class)
                    .hasMessageContaining("flag provided but not defined");
        }
    }

    @Test
    void itsPortsAreFreeWhenItWasKilled() {
        try (Etcd etcd = Etcd.started()) {
            for (int i = 0; i < 5; i++) {
                etcd.etcdctl("put", "/a", "one");
                etcd.kill();
                etcd.start();
            }
        }
    }

    @Test
    void aSnapshotBringsTheRevisionBackUnderTheSameClusterId(@TempDir Path folder) throws IOException {
        Path snapshot = folder.resolve("snapshot");
        try (Etcd etcd = Etcd.started()) {
            etcd.etcdctl("put", "/a", "one");
            String cluster = clusterId(etcd);
            etcd.saveSnapshot(snapshot);
            etcd.etcdctl("put", "/a", "two");

            etcd.restoreSnapshot(snapshot);
            etcd.start();

            assertThat(etcd.etcdctl("get", "/a", "--print-value-only").strip()).isEqualTo("one");
            assertThat(clusterId(etcd)).isEqualTo(cluster);

            etcd.becomeAnotherCluster();
            etcd.start();

            assertThat(etcd.etcdctl("get", "/a")).isEmpty();
            assertThat(clusterId(etcd)).isNotEqualTo(cluster);
        }
    }

    private static String clusterId(Etcd etcd) throws IOException {
        return new ObjectMapper()
                .readTree(etcd.etcdctl("get", "/none", "--write-out=json"))
                .path("header")
                .path("cluster_id")
                .asText();
    }
}
