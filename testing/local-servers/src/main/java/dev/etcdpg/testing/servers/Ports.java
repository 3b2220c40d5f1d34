package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free TCP ports on loopback, below the kernel's range for outgoing connections. In that range, a client that dials a killed server can
 * get the server's port as its own and connect to itself. Then the server cannot start again.
 */
final class Ports {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_767;
    private static final int TRIES = 1_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    static int free() {
        int end = Math.min(HIGHEST, firstOutgoingPort() - 1);
        if (end < LOWEST + 1_000) {
            end = HIGHEST;
        }
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, end + 1);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new ServerException("no free TCP port on loopback between " + LOWEST + " and " + end);
    }

    static boolean isOpen(int port) {
        try (java.net.Socket socket = new java.net.Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException nobodyListens) {
            return false;
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static int firstOutgoingPort() {
        try {
            String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
            return Integer.parseInt(range.trim().split("\\s+")[0]);
        } catch (IOException | NumberFormatException unknown) {
            return HIGHEST + 1;
        }
    }
}
