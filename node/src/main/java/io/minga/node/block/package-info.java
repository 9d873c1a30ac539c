/**
 * Blocks on their way between peers, as pure machines: {@link io.minga.node.block.Fetch} on the
 * side that wants one, {@link io.minga.node.block.Serve} on the side that has it.
 *
 * <p>In come frames of a peer, what became of streams and of the store, and time; out go effects:
 * what to open, ask, append, check and send, and who misbehaved. docs/protocols/block.md has the
 * rules.
 */
@NullMarked
package io.minga.node.block;

import org.jspecify.annotations.NullMarked;
