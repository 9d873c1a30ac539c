/** One half of a cycle. */
@NullMarked
package io.minga.libp2p.offences.ring.right;

import org.jspecify.annotations.NullMarked;
