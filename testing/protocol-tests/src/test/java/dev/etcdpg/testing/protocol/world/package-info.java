/** The world: writers, the real code of the connectors with the workers around it, and the actions that move them. */
package dev.etcdpg.testing.protocol.world;
