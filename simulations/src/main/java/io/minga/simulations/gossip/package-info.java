/**
 * Gossipsub over the simulated network: honest peers, sybils, what reached whom and when.
 *
 * <p>In goes a scenario with its seed; out come figures, or the invariant that broke.
 */
@NullMarked
package io.minga.simulations.gossip;

import org.jspecify.annotations.NullMarked;
