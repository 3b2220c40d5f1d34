package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs etcd and etcdctl. Versions from 3.5 on PATH come first, then the cache. If the cache has none, this class downloads them
 * into the cache from Debian's archive, or from etcd's releases.
 */
record EtcdBinaries(Path etcd, Path etcdctl) {
    static final String VERSION = "3.5.16";
    private static final String RELEASES = "https://github.com/etcd-io/etcd/releases/download/v" + VERSION + "/";
    private static final Pattern VERSION_LINE = Pattern.compile("etcd Version: (\\d+)\\.(\\d+)");

    static EtcdBinaries find() {
        Path etcd = Command.onPath("etcd");
        Path etcdctl = Command.onPath("etcdctl");
        if (etcd != null && etcdctl != null && isRecent(etcd)) {
            return new EtcdBinaries(etcd, etcdctl);
        }
        Path folder = Folders.cached(Folders.cache(), "etcd-" + VERSION, EtcdBinaries::fetch);
        return new EtcdBinaries(folder.resolve("etcd"), folder.resolve("etcdctl"));
    }

    /** Returns etcdutl, or etcdctl if there is none: up to 3.5, etcdctl can restore too. */
    Path snapshotTool() {
        Path etcdutl = etcdctl.resolveSibling("etcdutl");
        return Files.exists(etcdutl) ? etcdutl : etcdctl;
    }

    private static boolean isRecent(Path etcd) {
        Matcher version = VERSION_LINE.matcher(Command.run(List.of(etcd.toString(), "--version")));
        return version.find() && Integer.parseInt(version.group(1)) * 100 + Integer.parseInt(version.group(2)) >= 305;
    }

    private static void fetch(Path folder) throws IOException {
        ServerException packageFailure = null;
        if (DebianPackages.available()) {
            try {
                ProgressLines.say("etcd " + VERSION + ": fetching Debian's package into " + Folders.cache());
                fetchPackages(folder);
                return;
            } catch (ServerException e) {
                packageFailure = e;
                ProgressLines.say("etcd " + VERSION + ": Debian's package is not available");
            }
        }
        try {
            ProgressLines.say("etcd " + VERSION + ": fetching the release archive into " + Folders.cache());
            fetchRelease(folder);
        } catch (IOException | ServerException e) {
            ServerException failure = new ServerException(
                    "etcd is not available: it is not on PATH and not in " + Folders.cache() + ", "
                            + (packageFailure == null
                                    ? "there is no Debian archive on this machine"
                                    : "Debian's package failed (" + packageFailure.getMessage() + ")")
                            + ", and " + RELEASES + " failed (" + e
                            + "). Put etcd and etcdctl of 3.5 or newer on PATH.",
                    e);
            if (packageFailure != null) {
                failure.addSuppressed(packageFailure);
            }
            throw failure;
        }
    }

    private static void fetchPackages(Path folder) throws IOException {
        Path unpacked = Files.createDirectory(folder.resolve("packages"));
        DebianPackages.unpack("trixie", List.of("etcd-server", "etcd-client"), unpacked);
        for (String program : List.of("etcd", "etcdctl", "etcdutl")) {
            Path found = unpacked.resolve("usr/bin").resolve(program);
            if (Files.exists(found)) {
                Files.move(found, folder.resolve(program));
            }
        }
        Folders.delete(unpacked);
        if (!Files.exists(folder.resolve("etcd")) || !Files.exists(folder.resolve("etcdctl"))) {
            throw new ServerException("Debian's packages hold no etcd and etcdctl");
        }
    }

    private static void fetchRelease(Path folder) throws IOException {
        String machine = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        String name = "etcd-v" + VERSION + "-linux-" + machine + ".tar.gz";
        Path sums = download(RELEASES + "SHA256SUMS", folder.resolve("SHA256SUMS"));
        Path archive = download(RELEASES + name, folder.resolve(name));
        String expected;
        try (Stream<String> lines = Files.lines(sums)) {
            expected = lines.filter(line -> line.endsWith(" " + name))
                    .map(line -> line.split("\\s+")[0])
                    .findFirst()
                    .orElseThrow(() -> new ServerException("SHA256SUMS does not name " + name));
        }
        if (!expected.equals(sha256(archive))) {
            throw new ServerException("the checksum of " + name + " is not the one in SHA256SUMS");
        }
        try (InputStream in = Files.newInputStream(archive)) {
            Archives.unpackGzip(in, folder);
        }
        Path top = folder.resolve(name.replace(".tar.gz", ""));
        for (String program : List.of("etcd", "etcdctl", "etcdutl")) {
            Files.move(top.resolve(program), folder.resolve(program), StandardCopyOption.REPLACE_EXISTING);
        }
        Folders.delete(top);
        Folders.delete(archive);
    }

    private static Path download(String address, Path file) throws IOException {
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(20))
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(Duration.ofMinutes(5))
                .build();
        try {
            HttpResponse<Path> response = client.send(request, HttpResponse.BodyHandlers.ofFile(file));
            if (response.statusCode() != 200) {
                throw new IOException(address + " answered with status " + response.statusCode());
            }
            return file;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted while fetching " + address, e);
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
