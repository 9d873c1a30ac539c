/**
 * The command that runs simulations and prints what came of them.
 *
 * <p>In come arguments; out go tables or JSON, and an exit code.
 */
@NullMarked
package io.minga.simulations.cli;

import org.jspecify.annotations.NullMarked;
