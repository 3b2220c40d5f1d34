package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TopicReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "topic",
        description = "Prints the committed records of a topic with their headers, up to the present end.")
final class TopicCommand implements Runnable {
    private static final long LAST = 10;

    @Parameters(paramLabel = "NAME", description = "The name of the topic.")
    private String name;

    @Option(
            names = "--from-beginning",
            description =
                    "Prints all records. Without this option: the records at the last 10 offsets of each partition.")
    private boolean fromBeginning;

    @Override
    public void run() {
        new TopicReader(Stack.running().kafka().bootstrap())
                .read(name, fromBeginning ? Long.MAX_VALUE : LAST, record -> System.out.println(print(record)));
        System.out.flush();
    }

    static String print(ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(header.key() + "=" + TopicReader.text(header.value()));
        }
        return record.partition() + "@" + record.offset() + "\tkey=" + TopicReader.text(record.key()) + "\theaders="
                + headers + "\tvalue=" + TopicReader.text(record.value());
    }
}
