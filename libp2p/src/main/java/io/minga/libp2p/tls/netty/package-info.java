/**
 * libp2p TLS ({@code /tls/1.0.0}) on a Netty channel. Our certificate and, on a dial, the expected
 * peer id come in; the peer's identity and the muxer that was agreed on early, or the reason why
 * there is no connection, go out.
 */
@NullMarked
package io.minga.libp2p.tls.netty;

import org.jspecify.annotations.NullMarked;
