/**
 * A page about a run: one HTML file that needs no network, no script and no library.
 *
 * <p>In go plain records: who took part, what came of it, how things stood over time. Out comes
 * text. Nothing here knows what was simulated.
 */
@NullMarked
package io.minga.simulations.report;

import org.jspecify.annotations.NullMarked;
