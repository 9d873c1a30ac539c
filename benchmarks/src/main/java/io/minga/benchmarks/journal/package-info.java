/**
 * Durable work measured beside others: how fast it is taken, and how soon it is there again. In go
 * arguments of the command line, out come lines of JSON.
 */
@NullMarked
package io.minga.benchmarks.journal;

import org.jspecify.annotations.NullMarked;
