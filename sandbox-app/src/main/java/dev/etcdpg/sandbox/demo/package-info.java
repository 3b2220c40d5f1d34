/** The story of {@code ./sandbox demo}: one class per chapter. */
package dev.etcdpg.sandbox.demo;
