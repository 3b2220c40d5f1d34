package dev.etcdpg.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

    @Test
    void everyArgumentOfEtcdctlIsPassedOn() {
        CommandLine.ParseResult parsed =
                Main.commandLine().parseArgs("etcdctl", "get", "--prefix", "/config/", "--help", "@file", "-w", "json");
        CommandLine etcdctl = parsed.subcommand().commandSpec().commandLine();
        assertThat(etcdctl.getCommandSpec().positionalParameters().get(0).<List<String>>getValue())
                .containsExactly("get", "--prefix", "/config/", "--help", "@file", "-w", "json");
    }

    @Test
    void withoutArgumentsItPrintsItsHelp() {
        assertThat(Main.commandLine().getUsageMessage()).contains("demo", "up", "down", "status", "kill");
    }

    @Test
    void chaosIsAlsoCalledTorture() {
        CommandLine.ParseResult parsed = Main.commandLine().parseArgs("torture", "--seed", "7");
        assertThat(parsed.subcommand().commandSpec().name()).isEqualTo("chaos");
    }
}
