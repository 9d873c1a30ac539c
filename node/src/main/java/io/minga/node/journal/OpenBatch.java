package io.minga.node.journal;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.task.Batch;

/**
 * A batch of a durable job, some of whose tasks have no outcome.
 *
 * @param open which
 */
public record OpenBatch(long job, Batch batch, IndexSet open) {}
