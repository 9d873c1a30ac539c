/** Tests of the benchmarks of tasks: that they run, not what they find. */
@NullMarked
package io.minga.benchmarks.tasks;

import org.jspecify.annotations.NullMarked;
