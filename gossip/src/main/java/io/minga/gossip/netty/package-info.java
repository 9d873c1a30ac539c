/**
 * Gossipsub on a host: {@link io.minga.gossip.netty.NettyGossip} runs the router.
 *
 * <p>In come streams of the host and calls of the application; out go RPCs on streams, messages to
 * listeners, and peers to connect to. RPCs are decoded on the connections' event loops, signatures
 * verified on a pool of threads, and all else is done by one loop, which owns the router. Between
 * them are bounded queues: where one is full, a peer's stream is not read for a while, or the
 * application hears BUSY.
 */
@NullMarked
package io.minga.gossip.netty;

import org.jspecify.annotations.NullMarked;
