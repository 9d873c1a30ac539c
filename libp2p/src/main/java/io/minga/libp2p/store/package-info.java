/**
 * What a host keeps on disk: its identity, and peers to dial first. Paths come in, keys and peers
 * go out.
 */
@NullMarked
package io.minga.libp2p.store;

import org.jspecify.annotations.NullMarked;
