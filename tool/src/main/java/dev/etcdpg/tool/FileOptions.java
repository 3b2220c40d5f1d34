package dev.etcdpg.tool;

import dev.etcdpg.tool.connect.ConnectWorkers;
import dev.etcdpg.tool.connect.KafkaTopics;
import dev.etcdpg.tool.connect.TopicPositions;
import dev.etcdpg.tool.file.ProblemsException;
import dev.etcdpg.tool.file.References;
import dev.etcdpg.tool.file.SyncFile;
import dev.etcdpg.tool.file.SyncFileReader;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** The file that most commands need, and the clusters that the file names. */
final class FileOptions {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = "sync.yaml",
            description = "Description of the mirrors (default: sync.yaml).")
    private @Nullable Path file;

    SyncFile read() {
        return SyncFileReader.read(file == null ? Path.of("sync.yaml") : file);
    }

    static ConnectWorkers workers(SyncFile file) {
        SyncFile.Connect connect = file.connect();
        if (connect == null) {
            throw new ProblemsException(
                    "connect", "The field is missing. This command needs the URL of a Connect worker, in connect.url.");
        }
        return new ConnectWorkers(
                connect.url(), connect.user(), References.resolve("connect.password", connect.password()));
    }

    static KafkaTopics kafka(SyncFile file) {
        SyncFile.Kafka kafka = file.kafka();
        if (kafka == null) {
            throw new ProblemsException(
                    "kafka",
                    "The field is missing. This command needs the brokers of the Connect workers, in kafka.bootstrapServers.");
        }
        return new KafkaTopics(kafka.bootstrapServers(), References.resolve("kafka.properties", kafka.properties()));
    }

    static TopicPositions positions(SyncFile file) {
        SyncFile.Kafka kafka = Objects.requireNonNull(file.kafka());
        return new TopicPositions(kafka.bootstrapServers(), References.resolve("kafka.properties", kafka.properties()));
    }
}
