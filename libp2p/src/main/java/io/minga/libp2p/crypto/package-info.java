/**
 * The crypto port: keys and ciphers by name, and the two providers behind it. Bytes come in, bytes
 * go out; which library computes them is chosen once at start.
 */
@NullMarked
package io.minga.libp2p.crypto;

import org.jspecify.annotations.NullMarked;
