/** A drawer. */
@NullMarked
package io.minga.libp2p.offences.util;

import org.jspecify.annotations.NullMarked;
