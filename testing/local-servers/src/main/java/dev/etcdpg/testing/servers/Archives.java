package dev.etcdpg.testing.servers;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Unpacks tar archives without the machine's tar and xz. */
final class Archives {
    private static final int OWNER_EXECUTE = 0100;

    private Archives() {}

    static void unpackXz(InputStream archive, Path folder) throws IOException {
        unpack(new XZCompressorInputStream(new BufferedInputStream(archive)), folder);
    }

    static void unpackGzip(InputStream archive, Path folder) throws IOException {
        unpack(new GzipCompressorInputStream(new BufferedInputStream(archive)), folder);
    }

    private static void unpack(InputStream bytes, Path folder) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(bytes)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(tar, entry, folder);
            }
        }
    }

    private static void write(InputStream content, TarArchiveEntry entry, Path folder) throws IOException {
        Path target = inside(folder, folder.resolve(entry.getName()));
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            inside(folder, target.getParent().resolve(entry.getLinkName()));
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(target, inside(folder, folder.resolve(entry.getLinkName())));
        } else {
            Files.copy(content, target);
            boolean runs = (entry.getMode() & OWNER_EXECUTE) != 0;
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(runs ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static Path inside(Path folder, Path path) throws IOException {
        if (!path.normalize().startsWith(folder.normalize())) {
            throw new IOException("the archive points outside its folder: " + path);
        }
        return path;
    }
}
