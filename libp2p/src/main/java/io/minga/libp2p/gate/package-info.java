/** Who may connect. A peer, an address or both come in; whether the connection may be goes out. */
@NullMarked
package io.minga.libp2p.gate;

import org.jspecify.annotations.NullMarked;
