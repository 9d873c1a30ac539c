/**
 * libp2p ping, {@code /ipfs/ping/1.0.0}: is the peer there, and how far away. Bytes of a negotiated
 * stream, split anywhere, its end and the time come in; bytes to send, streams to open or end and
 * measured round trips go out.
 */
@NullMarked
package io.minga.libp2p.ping;

import org.jspecify.annotations.NullMarked;
