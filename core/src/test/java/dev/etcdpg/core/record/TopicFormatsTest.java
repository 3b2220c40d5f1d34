package dev.etcdpg.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

/** The sample records of docs/topics.md are the records that the connectors write. */
class TopicFormatsTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "topics.md");
    private static final Pattern SAMPLE = Pattern.compile("### `([a-z_]+)`.*?```json\n(.*?)```", Pattern.DOTALL);

    private static final long NOW = 1_800_000_000_123L;
    private static final EtcdRecord.Source SOURCE =
            new EtcdRecord.Source("/config/", "etcd-source", "cdf818194e3a8c32");
    private static final Chain ETCD_CHAIN =
            new Chain(1_800_000_000_123_456L, 1_800_000_000_120_017L, new KeyRange("", "/config/m"), SOURCE);
    private static final Chain PG_CHAIN = new Chain(1_800_000_000_125_000L, 1_800_000_000_119_000L);
    private static final Revision AT = new Revision(1_790_000_000_000L, 42);
    private static final String ORIGIN = "2f1c2f6e-3a44-4be2-8d0f-6f2b8a3f1e55";
    private static final String DATABASE = "7423904551632871234/16384/1";
    private static final String KEY = "/config/log";
    private static final String VALUE = "{\"level\": \"debug\"}";

    @Test
    void theSamplesAreTheRecordsThatTheCodecsWrite() throws IOException {
        Map<String, JsonNode> shown = new LinkedHashMap<>();
        Matcher samples = SAMPLE.matcher(Files.readString(DOCUMENT));
        while (samples.find()) {
            shown.put(samples.group(1), new ObjectMapper().readTree(samples.group(2)));
        }

        assertThat(shown).containsExactlyInAnyOrderEntriesOf(written());
    }

    private static Map<String, JsonNode> written() throws IOException {
        EtcdRecord.Row row = new EtcdRecord.Row(KEY, VALUE, 40, 42, 2, 0);
        Map<String, JsonNode> records = new LinkedHashMap<>();
        records.put("event", etcd(new EtcdRecord.Event(ETCD_CHAIN, KEY, row, AT, 0)));
        records.put(
                "unrepresentable",
                etcd(new EtcdRecord.Unrepresentable(ETCD_CHAIN, KEY, AT, 0, 0, "the value is not UTF-8")));
        records.put(
                "manifest",
                etcd(new EtcdRecord.Manifest(
                        ETCD_CHAIN, new KeyRange("", "/config/k"), AT, List.of("/config/a", "/config/h"), 4)));
        records.put("end", etcd(new EtcdRecord.End(ETCD_CHAIN, new KeyRange("", "/config/m"), AT, 0, 4)));
        records.put(
                "answer",
                etcd(new EtcdRecord.Answer(
                        ETCD_CHAIN, KEY, AT, ORIGIN, PG_CHAIN.number(), Outcome.FAILED, "the lease does not exist")));
        records.put("heartbeat", etcd(new EtcdRecord.Heartbeat(ETCD_CHAIN, AT)));
        records.put("change", pg(new PgRecord.Change(PG_CHAIN, ORIGIN, "etcd", KEY, VALUE, AT, 0, "alice")));
        records.put("probe", pg(new PgRecord.Probe(PG_CHAIN, ORIGIN, "etcd", KEY, 1_800_000_000_119_000L)));
        records.put(
                "request",
                pg(new PgRecord.Request(
                        PG_CHAIN, ORIGIN, "etcd", new KeyRange("", "/config/m"), 1_800_000_000_118_000L)));
        records.put(
                "new_epoch",
                pg(new PgRecord.NewEpoch(PG_CHAIN, ORIGIN, "etcd", AT.epoch(), "etcd does not have revision 42")));
        return records;
    }

    private static JsonNode etcd(EtcdRecord record) throws IOException {
        return json(EtcdRecordCodec.encode(record, null, NOW));
    }

    private static JsonNode pg(PgRecord record) throws IOException {
        return json(PgRecordCodec.encode(record, DATABASE, "/config/"));
    }

    private static JsonNode json(SchemaAndValue record) throws IOException {
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("schemas.enable", false), false);
            byte[] json = converter.fromConnectData("topic", record.schema(), record.value());
            return new ObjectMapper().readTree(new String(json, StandardCharsets.UTF_8));
        }
    }
}
