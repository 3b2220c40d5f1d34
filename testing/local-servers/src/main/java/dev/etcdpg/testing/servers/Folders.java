package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.io.file.PathUtils;

/** Folders for the data of servers and for unpacked programs. */
final class Folders {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private Folders() {}

    /** Fills an empty folder. */
    @FunctionalInterface
    interface Filler {
        void fill(Path folder) throws IOException;
    }

    /** Creates a folder for one server: in the module's {@code target/servers} in a build, otherwise in /tmp. */
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

    /** Returns the folder for programs: {@code ETCD_PG_CACHE}, by default {@code ~/.cache/etcd-pg-connect}. */
    static Path cache() {
        String chosen = System.getenv("ETCD_PG_CACHE");
        return chosen != null && !chosen.isBlank()
                ? Path.of(chosen)
                : Path.of(System.getProperty("user.home"), ".cache", "etcd-pg-connect");
    }

    /**
     * Returns the folder of that name in {@code cache}. {@code filler} fills the folder if it does not exist. Other processes see the
     * folder complete or not at all, and only one process fills it.
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

    /** Deletes a file, or a folder with its contents, if it exists. A process that ends can delete files at the same time. */
    static void delete(Path path) {
        while (path != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            try {
                PathUtils.delete(path);
            } catch (NoSuchFileException | DirectoryNotEmptyException changed) {
                Thread.onSpinWait(); // another process changed the folder: delete the rest
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
