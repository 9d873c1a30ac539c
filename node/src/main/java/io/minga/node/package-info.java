/**
 * A peer as programs see it: start one, give it functions, and call those of all peers.
 *
 * <p>In come Java values and functions; out go futures, jobs and failures that say what went wrong
 * where. {@link io.minga.node.Peer} is where to begin.
 */
@NullMarked
package io.minga.node;

import org.jspecify.annotations.NullMarked;
