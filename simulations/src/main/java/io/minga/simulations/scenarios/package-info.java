/**
 * What peers must master: one class a scenario, each of which makes a plan of a number of peers and
 * a seed.
 */
@NullMarked
package io.minga.simulations.scenarios;

import org.jspecify.annotations.NullMarked;
