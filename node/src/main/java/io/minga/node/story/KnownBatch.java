package io.minga.node.story;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Batch;
import org.jspecify.annotations.Nullable;

/**
 * A batch that something is known of.
 *
 * @param batch null if its bytes are gone, so that its tasks' CIDs aren't known
 */
public record KnownBatch(Cid cid, int size, @Nullable Batch batch) {}
