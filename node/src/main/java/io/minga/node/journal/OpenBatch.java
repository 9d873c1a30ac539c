package io.minga.node.journal;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.task.Batch;
import io.minga.node.task.Tries;

/**
 * A batch of a durable job, some of whose tasks have no outcome.
 *
 * @param total how many tasks the job has
 * @param offset how many of them are in the batches before this one
 * @param open which
 * @param tries what is known of how often they were tried
 */
public record OpenBatch(
    long job, long total, long offset, Batch batch, IndexSet open, Tries tries) {}
