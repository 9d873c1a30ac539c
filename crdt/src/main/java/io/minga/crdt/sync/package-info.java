/**
 * How two peers find out in which entries their sets differ: {@link io.minga.crdt.sync.RangeSync}
 * over a {@link io.minga.crdt.sync.DigestTree} at each end.
 *
 * <p>In come the other's messages, out go ours and the ids of entries that the other needs. What an
 * entry is, and how it travels, is the caller's business. docs/protocols/claims.md has the states
 * and the formats.
 */
@NullMarked
package io.minga.crdt.sync;

import org.jspecify.annotations.NullMarked;
