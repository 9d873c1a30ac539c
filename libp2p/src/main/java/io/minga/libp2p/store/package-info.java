/** What a host keeps on disk: its identity. Paths come in, keys go out. */
@NullMarked
package io.minga.libp2p.store;

import org.jspecify.annotations.NullMarked;
