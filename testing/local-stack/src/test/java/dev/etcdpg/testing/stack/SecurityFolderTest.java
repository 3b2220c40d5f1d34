package dev.etcdpg.testing.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityFolderTest {

    @TempDir
    private Path stack;

    @Test
    void keepsItsPasswords() {
        assertThat(SecurityFolder.isIn(stack)).isFalse();
        SecurityFolder made = SecurityFolder.openOrCreate(stack);
        assertThat(SecurityFolder.isIn(stack)).isTrue();
        SecurityFolder again = SecurityFolder.openOrCreate(stack);
        for (String user : List.of("root", "postgres", "etcd_application", "etcd-source", "pg-sink")) {
            assertThat(made.password(user)).hasSize(32).isEqualTo(again.password(user));
        }
        assertThat(made.password("root")).isNotEqualTo(made.password("postgres"));
    }

    @Test
    void onlyTheOwnerReadsItsFiles() throws Exception {
        SecurityFolder made = SecurityFolder.openOrCreate(stack);
        made.writePgpass(5432);
        try (Stream<Path> files = Files.walk(stack.resolve("security"))) {
            for (Path file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .endsWith("------");
            }
        }
    }

    /** An operator would copy this folder to the workers. */
    @Test
    void theWorkersGetNoSecretButThoseOfTheConnectors() throws Exception {
        SecurityFolder made = SecurityFolder.openOrCreate(stack);
        Properties secrets = new Properties();
        try (var in = Files.newInputStream(made.connect().resolve("secrets.properties"))) {
            secrets.load(in);
        }
        assertThat(secrets.stringPropertyNames()).hasSameElementsAs(Examples.NAMES);
        try (Stream<Path> files = Files.list(made.connect())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "ca.crt",
                            "etcd-source.crt",
                            "etcd-source.key",
                            "etcd-sink.crt",
                            "etcd-sink.key",
                            "secrets.properties");
        }
    }

    @Test
    void aStackWithoutSecurityKeepsThat() throws Exception {
        Files.createDirectories(stack.resolve("etcd"));
        assertThatThrownBy(() -> StackSecurity.secured(stack))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("was started without security")
                .hasMessageContaining("./sandbox down");
    }
}
