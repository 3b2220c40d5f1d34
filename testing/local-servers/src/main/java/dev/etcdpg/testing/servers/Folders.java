package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicInteger;

/** Folders for servers' data and for unpacked programs. */
final class Folders {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private Folders() {}

    /** Fills an empty folder. */
    @FunctionalInterface
    interface Filler {
        void fill(Path folder) throws IOException;
    }

    /** A new folder for one server: in the module's {@code target/servers} when run from a build, else in /tmp. */
    static Path forServer(String name) {
        Path target = Path.of("target").toAbsolutePath();
        try {
            Path base = Files.isDirectory(target) ? target.resolve("servers") : Files.createTempDirectory("etcd-pg-");
            Path folder = base.resolve(name + "-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet());
            delete(folder);
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where programs are kept: {@code ~/.cache/etcd-pg-connect}, or ETCD_PG_CACHE when set. */
    static Path cache() {
        String chosen = System.getenv("ETCD_PG_CACHE");
        return chosen != null && !chosen.isBlank()
                ? Path.of(chosen)
                : Path.of(System.getProperty("user.home"), ".cache", "etcd-pg-connect");
    }

    /**
     * The folder of that name in {@code cache}, filled by {@code filler} if it is not there yet. It appears complete or not at
     * all, and one process at a time fills it.
     */
    static Path cached(Path cache, String name, Filler filler) {
        Path folder = cache.resolve(name);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        synchronized (Folders.class) {
            try {
                Files.createDirectories(cache);
                try (FileChannel channel = FileChannel.open(
                                cache.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    if (lock.isValid() && !Files.isDirectory(folder)) {
                        Path unfinished = Files.createTempDirectory(cache, name + ".unfinished-");
                        try {
                            filler.fill(unfinished);
                            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
                        } finally {
                            delete(unfinished);
                        }
                    }
                }
            } catch (IOException e) {
                throw new ServerException("cannot fill " + folder + ": " + e.getMessage(), e);
            }
        }
        return folder;
    }

    /** Deletes a file or a folder with all it holds, if it is there. */
    static void delete(Path path) {
        if (path == null || !Files.exists(path)) {
            return;
        }
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
