/**
 * The RPC of gossipsub, {@code /meshsub/1.0.0} to {@code 1.2.0} and {@code /floodsub/1.0.0}, and
 * its protobuf form.
 *
 * <p>In come the bytes of one frame from a peer, out goes an {@link io.minga.gossip.rpc.Rpc}; and
 * the other way round. Memory is taken under a budget and caps, counted while reading. The uvarint
 * length before each frame is {@link io.minga.libp2p.wire.LengthPrefixed}'s.
 */
@NullMarked
package io.minga.gossip.rpc;

import org.jspecify.annotations.NullMarked;
