/**
 * How a host finds its network. Hints of where peers are come in, from whatever source, with what
 * becomes of dials, lookups and connections, and the time; lookups, dials, and the peers worth
 * remembering go out.
 */
@NullMarked
package io.minga.libp2p.discovery;

import org.jspecify.annotations.NullMarked;
