/** Histories without a rule of the protocol. Each rule is needed. */
package dev.etcdpg.testing.protocol.ablation;
