/** The story that {@code ./sandbox demo} tells: one class per chapter. */
package dev.etcdpg.sandbox.demo;
