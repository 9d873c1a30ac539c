/** An offence that even a shell must not commit. */
@NullMarked
package io.minga.libp2p.offences.netty;

import org.jspecify.annotations.NullMarked;
