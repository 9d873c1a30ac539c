/**
 * What the host and each of its peers may hold at a time. Connections, streams and bytes to be held
 * come in; a lease on them or a refusal that names the limit goes out.
 */
@NullMarked
package io.minga.libp2p.limits;

import org.jspecify.annotations.NullMarked;
