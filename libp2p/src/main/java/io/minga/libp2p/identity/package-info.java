/** Who a peer is: keys, peer ids, signed envelopes and peer records. */
@NullMarked
package io.minga.libp2p.identity;

import org.jspecify.annotations.NullMarked;
