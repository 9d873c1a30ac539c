/**
 * Who holds which task, as a set that replicates itself: {@link io.minga.crdt.claims.ClaimSet}.
 *
 * <p>In come the facts of batches, claims of this peer and of others, and the wall clock. Out go
 * deltas for the others, and what changed hands. docs/protocols/claims.md has the lattice, the
 * rules and the formats.
 */
@NullMarked
package io.minga.crdt.claims;

import org.jspecify.annotations.NullMarked;
