/**
 * Who a peer is: keys, peer ids, signed envelopes and peer records. Bytes from the wire and text
 * from users come in; identities that are well-formed, and statements whose signatures hold, go
 * out.
 */
@NullMarked
package io.minga.libp2p.identity;

import org.jspecify.annotations.NullMarked;
