/** Checks the specification in docs/protocol with TLC. */
package dev.etcdpg.testing.spec;
