package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Command lines that run a program of Kafka's published jars with the Java of this JVM. */
final class JavaProgram {
    /** System property with further JVM options, separated by spaces. The build sets it for tests. */
    private static final String MORE_OPTIONS = "servers.jvm.options";

    private JavaProgram() {}

    /** The command line of a program of the Kafka version that the build tests. */
    static List<String> command(Path folder, int heapMegabytes, String mainClass, String... arguments)
            throws IOException {
        return command(
                Path.of(System.getProperty("java.home")), classPath(), folder, heapMegabytes, mainClass, arguments);
    }

    /**
     * The command line of a Connect worker. The system properties {@code servers.connect.classpath} (a file with a class path)
     * and {@code servers.connect.java.home} choose another version of Kafka and another Java for it.
     */
    static List<String> connectCommand(Path folder, int heapMegabytes, String mainClass, String... arguments)
            throws IOException {
        String classPath = System.getProperty("servers.connect.classpath");
        return command(
                Path.of(System.getProperty("servers.connect.java.home", System.getProperty("java.home"))),
                classPath == null
                        ? classPath()
                        : Files.readString(Path.of(classPath)).strip(),
                folder,
                heapMegabytes,
                mainClass,
                arguments);
    }

    private static List<String> command(
            Path javaHome, String classPath, Path folder, int heapMegabytes, String mainClass, String... arguments)
            throws IOException {
        Path logging = folder.resolve("log4j2.properties");
        try (InputStream in = JavaProgram.class.getResourceAsStream("log4j2.properties")) {
            Files.copy(in, logging, StandardCopyOption.REPLACE_EXISTING);
        }
        // An argument file keeps the command line readable in a process list.
        Path jvm = Files.writeString(
                folder.resolve("jvm.arguments"),
                String.join(
                        "\n",
                        "-Xmx" + heapMegabytes + "m",
                        "-XX:+UseSerialGC",
                        System.getProperty(MORE_OPTIONS, ""),
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.awt.headless=true",
                        quoted("-Dlog4j2.configurationFile=" + logging),
                        "-cp",
                        quoted(classPath),
                        ""));
        List<String> command =
                new ArrayList<>(List.of(javaHome.resolve("bin/java").toString(), "@" + jvm, mainClass));
        command.addAll(List.of(arguments));
        return command;
    }

    static Path writeProperties(Path file, Map<String, String> settings) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (var out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        return file;
    }

    private static String classPath() throws IOException {
        try (InputStream in = JavaProgram.class.getResourceAsStream("kafka.classpath")) {
            if (in == null) {
                throw new ServerException(
                        "Kafka's class path is not among the resources: build testing/kafka-dist with Maven");
            }
            String classPath = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            for (String jar : classPath.split(":")) {
                if (!Files.exists(Path.of(jar))) {
                    throw new ServerException(jar + " is gone: build testing/kafka-dist with Maven again");
                }
            }
            return classPath;
        }
    }

    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
