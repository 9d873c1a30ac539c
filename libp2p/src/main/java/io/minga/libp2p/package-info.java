/**
 * The libp2p host as an application sees it: a {@link io.minga.libp2p.Host} with {@link
 * io.minga.libp2p.Connection connections} to peers and {@link io.minga.libp2p.Stream streams} on
 * them. Addresses and protocol names come in; bytes go both ways, with backpressure. Start one with
 * {@link io.minga.libp2p.netty.NettyHost#start}.
 */
@NullMarked
package io.minga.libp2p;

import org.jspecify.annotations.NullMarked;
