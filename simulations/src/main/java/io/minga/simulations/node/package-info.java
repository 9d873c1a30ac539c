/**
 * Whole peers over virtual time: the node cores that the daemon runs, with slots, clocks, links and
 * gossip that are simulated.
 *
 * <p>In go a {@link io.minga.simulations.plan.Plan} and its seed; out come figures and the hash of
 * all that happened. What breaks a promise is an {@link
 * io.minga.simulations.node.BrokenPromiseException}.
 */
@NullMarked
package io.minga.simulations.node;

import org.jspecify.annotations.NullMarked;
