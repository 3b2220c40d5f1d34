package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** PostgreSQL's programs, unpacked from an archive among the resources of this module. */
final class PostgresBinaries {
    private static final String ARCHIVE = "postgres-linux-x86_64.txz";

    private final Path folder;
    private final PostgresUser user;

    private PostgresBinaries(Path folder, PostgresUser user) {
        this.folder = folder;
        this.user = user;
    }

    static PostgresBinaries of(PostgresVersion version) {
        String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!machine.equals("Linux amd64")) {
            throw new ServerException("the PostgreSQL binaries are for Linux on x86-64, and this is " + machine);
        }
        PostgresUser user = PostgresUser.find();
        Path unpacked = Folders.cached(user.cache(), version.resource() + "-" + checksum(version), target -> {
            ProgressLines.say("PostgreSQL: unpacking into " + user.cache());
            try (InputStream in = open(version)) {
                Archives.unpackXz(in, target);
            }
            user.mayRead(target);
        });
        return new PostgresBinaries(unpacked, user);
    }

    /** Creates an empty folder that the programs can use. */
    void createData(Path data) throws IOException {
        Files.createDirectories(data);
        user.own(data);
    }

    /** Returns the command line of a program. */
    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>(user.prefix());
        command.add(folder.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Copies a folder with all its contents, as the user of the programs. */
    void copy(Path from, Path to) {
        List<String> command = new ArrayList<>(user.prefix());
        command.addAll(List.of("cp", "-a", from + "/.", to.toString()));
        Command.run(command);
    }

    /** Names the folder in the cache, so that programs of different archives do not mix. */
    private static String checksum(PostgresVersion version) {
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = open(version)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                crc.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new ServerException("cannot read PostgreSQL's archive: " + e.getMessage(), e);
        }
        return Long.toHexString(crc.getValue());
    }

    private static InputStream open(PostgresVersion version) {
        InputStream in = PostgresBinaries.class.getResourceAsStream(version.resource() + "/" + ARCHIVE);
        if (in == null) {
            throw new ServerException(
                    "PostgreSQL's archive is not among the resources: build testing/local-servers with Maven first");
        }
        return in;
    }
}
