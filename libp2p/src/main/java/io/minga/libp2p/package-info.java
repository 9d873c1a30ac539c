/** The libp2p host: what an application sees of it. */
@NullMarked
package io.minga.libp2p;

import org.jspecify.annotations.NullMarked;
