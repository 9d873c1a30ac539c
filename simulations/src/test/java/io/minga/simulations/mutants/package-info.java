/**
 * The program with mistakes in it, one at a time, each of which the simulator's checks are to find.
 *
 * <p>In go a line of a source file and what is to stand there instead; out comes a seed that shows
 * it. What is shipped has no switch for any of this.
 */
@NullMarked
package io.minga.simulations.mutants;

import org.jspecify.annotations.NullMarked;
