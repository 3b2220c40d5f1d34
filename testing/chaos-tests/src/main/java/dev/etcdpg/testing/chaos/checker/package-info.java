/** Judges the history of a run: both sides are equal, each committed change has one true outcome, and nothing else happened. */
package dev.etcdpg.testing.chaos.checker;
