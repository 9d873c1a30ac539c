/**
 * The peer's decisions, as one pure machine: {@link io.minga.node.core.NodeCore}.
 *
 * <p>In come calls, frames of peers, what gossip brought, connections and outcomes of slots; out go
 * effects: frames, gossip, runs for the slots, and outcomes for callers. The core routes between
 * small machines, one a concern, each of which is given those that it speaks to. All of them stand
 * on one {@link io.minga.node.core.Ground}. docs/protocols/work.md has the rules.
 */
@NullMarked
package io.minga.node.core;

import org.jspecify.annotations.NullMarked;
