package io.minga.node.schedule;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;

/** Tasks of one batch that stand, or stood, in line on one ticket. */
public record Queued(Cid batch, IndexSet indexes, Ticket ticket) {}
