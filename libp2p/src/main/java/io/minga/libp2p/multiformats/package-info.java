/**
 * Self-describing names: multibase, multihash, CID and multiaddr. Text or bytes come in, immutable
 * values that are known to be well-formed go out, and the same value always gives the same bytes.
 *
 * <p>{@code parse} reads what a user typed and throws {@link IllegalArgumentException}; {@code
 * decode} reads what a peer sent and throws {@link io.minga.libp2p.wire.WireException}.
 */
@NullMarked
package io.minga.libp2p.multiformats;

import org.jspecify.annotations.NullMarked;
