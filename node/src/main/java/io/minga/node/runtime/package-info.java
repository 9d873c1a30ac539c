/**
 * What carries out the decisions of a node core: its loop, the streams and topics that it speaks
 * over, its slots, and the threads on which callers hear of their results.
 *
 * <p>In come calls from any thread, frames, gossip and outcomes of slots; out go the same the other
 * way. A core and all that is here belongs to one loop, but what says that it is for any thread.
 */
@NullMarked
package io.minga.node.runtime;

import org.jspecify.annotations.NullMarked;
