/**
 * Where a peer keeps blocks, the inputs and results that go by their CIDs, as long as somebody
 * needs them.
 *
 * <p>In come bytes, from callers, slots and other peers; out go holds, by which they are read.
 */
@NullMarked
package io.minga.node.runtime.store;

import org.jspecify.annotations.NullMarked;
