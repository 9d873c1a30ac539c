/**
 * What the fault rig decides and judges: the work that peers are given, what was seen of it,
 * whether that keeps the promises, and how the relay between peers treats bytes.
 *
 * <p>In come observations of real processes, in any order; out go violations and tables.
 */
@NullMarked
package io.minga.simulations.rig;

import org.jspecify.annotations.NullMarked;
