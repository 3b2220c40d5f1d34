package dev.etcdpg.tool.file;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.serialization.JsonNodeReader;
import com.networknt.schema.utils.JsonNodes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads a {@code sync.yaml}. All mistakes that the schema can find are reported together, each with its line. */
public final class SyncFileReader {

    private static final String SCHEMA = "sync.schema.json";

    /** A key that stands twice in a mapping is a mistake, because the first value would be ignored. */
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SyncFileReader() {}

    /**
     * Reads a file.
     *
     * @throws ProblemsException if the file cannot be read, is not YAML, does not fit the schema, or contradicts itself
     */
    public static SyncFile read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new ProblemsException(file.toString(), "The file cannot be read (" + e + "). Name it with --file.");
        }
        return parse(file.toString(), text);
    }

    /**
     * Reads a text.
     *
     * @param name of the file, for messages
     * @throws ProblemsException as {@link #read}
     */
    public static SyncFile parse(String name, String text) {
        JsonNode tree = tree(name, text);
        List<Problem> problems = new ArrayList<>();
        SchemaProblems sentences = new SchemaProblems();
        schema().validate(tree)
                .forEach(message -> problems.add(
                        new Problem(place(name, tree, message.getInstanceLocation()), sentences.sentence(message))));
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems);
        }
        SyncFile file = convert(name, tree);
        problems.addAll(SyncFileRules.problems(file));
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems);
        }
        return file;
    }

    /** Returns the JSON schema of the file, for editors. */
    public static String schemaText() {
        try (InputStream in = schemaStream()) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode tree(String name, String text) {
        try {
            JsonNode tree = JsonNodeReader.builder()
                    .yamlMapper(YAML)
                    .locationAware()
                    .build()
                    .readTree(text, InputFormat.YAML);
            if (tree == null || tree.isMissingNode() || tree.isNull()) {
                throw new ProblemsException(name, "The file is empty. It needs etcd, postgres and routes.");
            }
            return tree;
        } catch (IOException | IllegalArgumentException e) {
            Throwable cause = e instanceof JacksonException || e.getCause() == null ? e : e.getCause();
            throw new ProblemsException(place(name, cause), "This is not YAML: " + firstLine(cause));
        }
    }

    private static String place(String name, Throwable cause) {
        JsonLocation location = cause instanceof JacksonException e ? e.getLocation() : null;
        return location == null ? name : name + " line " + location.getLineNr();
    }

    private static String firstLine(Throwable cause) {
        String message = cause instanceof JacksonException e ? e.getOriginalMessage() : cause.getMessage();
        return String.valueOf(message).lines().findFirst().orElse("");
    }

    private static String place(String name, JsonNode tree, JsonNodePath path) {
        JsonNode node = JsonNodes.get(tree, path);
        JsonLocation location = node == null ? null : JsonNodes.tokenLocationOf(node);
        String line = location == null ? "" : " line " + location.getLineNr();
        String field = path.toString().replaceFirst("^\\$\\.?", "");
        return name + line + (field.isEmpty() ? "" : ", " + field);
    }

    private static SyncFile convert(String name, JsonNode tree) {
        try {
            return YAML.treeToValue(tree, SyncFile.class);
        } catch (JacksonException e) {
            throw new ProblemsException(name, String.valueOf(e.getOriginalMessage()));
        }
    }

    private static JsonSchema schema() {
        try (InputStream in = schemaStream()) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(
                            in,
                            SchemaValidatorsConfig.builder()
                                    .pathType(PathType.JSON_PATH)
                                    .build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream schemaStream() {
        return Objects.requireNonNull(SyncFileReader.class.getResourceAsStream(SCHEMA), "the archive has no " + SCHEMA);
    }
}
