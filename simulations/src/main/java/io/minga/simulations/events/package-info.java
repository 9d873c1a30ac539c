/**
 * Virtual time: events, in the order of their moments, on one thread, from one seed.
 *
 * <p>In go events and their moments; out come calls in order, generators of randomness that depend
 * on the seed alone, and a hash of all that happened.
 */
@NullMarked
package io.minga.simulations.events;

import org.jspecify.annotations.NullMarked;
