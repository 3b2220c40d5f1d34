/**
 * The test kit of all modules: fakes of Kafka Connect's contexts and of the clock, and clients of real servers.
 *
 * <p>The kit has no fake of etcd, PostgreSQL or Kafka. Tests use the real servers of {@code local-servers}.
 *
 * <ul>
 *   <li>{@link dev.etcdpg.testing.kit.TestSinkContext}, {@link dev.etcdpg.testing.kit.TestSourceContext}: the contexts that Connect
 *       gives to a task. They record the task's requests.
 *   <li>{@link dev.etcdpg.testing.kit.TestClock}: a clock that a test moves.
 *   <li>{@link dev.etcdpg.testing.kit.TestDatabase}: a session in a PostgreSQL database of its own.
 *   <li>{@link dev.etcdpg.testing.kit.SecurePostgres}: a PostgreSQL server with TLS and certificates.
 *   <li>{@link dev.etcdpg.testing.kit.TestEtcdClient}: an application that reads and writes etcd.
 *   <li>{@link dev.etcdpg.testing.kit.Waits}: Awaitility with the defaults of this project.
 *   <li>{@link dev.etcdpg.testing.kit.PluginFolder}: a module and its dependencies as a folder for {@code plugin.path}.
 * </ul>
 */
package dev.etcdpg.testing.kit;
