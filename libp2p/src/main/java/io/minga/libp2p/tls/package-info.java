/**
 * The certificates of libp2p TLS: ours is made here, and a peer's is judged here. A host key and
 * entropy come in and a certificate goes out; a peer's certificate comes in and its public key and
 * peer id, or a {@link io.minga.libp2p.wire.WireException}, go out. The wall time is an argument.
 */
@NullMarked
package io.minga.libp2p.tls;

import org.jspecify.annotations.NullMarked;
