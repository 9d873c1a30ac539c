/**
 * Figures of tasks that one process has another one run, over loopback. In comes the class path
 * that the processes start with; out come comparisons with Hazelcast's executor, and for a call
 * with what its crossings of threads take by themselves.
 */
@NullMarked
package io.minga.benchmarks.tasks;

import org.jspecify.annotations.NullMarked;
