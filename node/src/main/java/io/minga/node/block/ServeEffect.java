package io.minga.node.block;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.BlockFrame;

/** What a {@link Serve} wants done, in this order. */
public sealed interface ServeEffect {
  /** Look for the block and hold it; {@link ServeInput.Found} or {@link ServeInput.NotFound}. */
  record Find(Cid cid) implements ServeEffect {}

  /** Send the frame. */
  record Send(BlockFrame frame) implements ServeEffect {}

  /**
   * Send chunks of the block while the stream takes them; {@link ServeInput.Sent} says how far that
   * went, before anything else is told, or {@link ServeInput.Broken}.
   */
  record SendChunks(int offset, int sizeBytes) implements ServeEffect {}

  /** Let go of the block that was found. */
  record Release() implements ServeEffect {}

  /** Nothing more will be said. */
  record CloseWrite() implements ServeEffect {}

  /** Break off the stream. */
  record Reset() implements ServeEffect {}
}
