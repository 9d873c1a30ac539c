/**
 * libp2p identify, {@code /ipfs/id/1.0.0} and {@code /ipfs/id/push/1.0.0}: who a peer is, where it
 * listens, what it speaks and where it sees us. Bytes of a stream come in, one merged and then
 * verified message goes out; our own message goes out as bytes within its limit.
 */
@NullMarked
package io.minga.libp2p.identify;

import org.jspecify.annotations.NullMarked;
