/**
 * A network of peers over virtual time: connections whose bytes take time, get lost and are sent
 * again, links that are cut, peers that vanish.
 *
 * <p>In go peers behind a port, their dials and frames, and faults; out come frames in order, or
 * connections that break, as they do over TCP.
 */
@NullMarked
package io.minga.simulations.network;

import org.jspecify.annotations.NullMarked;
