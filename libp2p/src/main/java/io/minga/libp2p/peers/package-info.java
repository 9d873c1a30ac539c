/**
 * What the host remembers of other peers: where they are, what they speak, how they sign. Addresses
 * by source, what identify said, connections and the results of dials come in; addresses to dial,
 * the best first, and what is known of a peer go out.
 */
@NullMarked
package io.minga.libp2p.peers;

import org.jspecify.annotations.NullMarked;
