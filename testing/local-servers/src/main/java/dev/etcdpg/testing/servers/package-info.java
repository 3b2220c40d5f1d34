/**
 * Real etcd, PostgreSQL, Kafka and Kafka Connect as processes on free ports of loopback, for tests and the sandbox.
 *
 * <pre>{@code
 * class MyIT {
 *     @AutoClose
 *     static final Etcd ETCD = Etcd.started();
 *     static final Postgres POSTGRES = Postgres.shared();
 *
 *     @Test
 *     void survives() {
 *         String database = POSTGRES.newDatabase("my");
 *         ETCD.etcdctl("put", "/a", "1");
 *         ETCD.kill();   // SIGKILL
 *         ETCD.start();  // same data, same ports
 *     }
 * }
 *
 * Kafka kafka = Kafka.started();
 * ConnectWorker worker = ConnectWorker.builder(kafka.bootstrap()).pluginPath(plugins).start();
 * worker.connect().put("name", config);
 * worker.connect().waitRunning("name", Duration.ofSeconds(60));
 * }</pre>
 */
package dev.etcdpg.testing.servers;
