package io.minga.node.block;

import io.minga.node.task.BlockFrame;

/** What a {@link Serve} is told. */
public sealed interface ServeInput {
  /** The peer asks for a block. */
  record Asked(BlockFrame.Get get) implements ServeInput {}

  /** The peer will ask for nothing more. */
  record NoMore() implements ServeInput {}

  /** Answers {@link ServeEffect.Find}: the block is here. */
  record Found(int sizeBytes) implements ServeInput {}

  /** Answers {@link ServeEffect.Find}: it isn't. */
  record NotFound() implements ServeInput {}

  /** Answers {@link ServeEffect.SendChunks}: how far the stream took them, for now. */
  record Sent(int offset) implements ServeInput {}

  /** The stream takes more. */
  record Writable() implements ServeInput {}

  /** The block can't be read. */
  record Broken() implements ServeInput {}

  /** Time has passed. */
  record Tick() implements ServeInput {}

  /** The stream is no more. */
  record Closed() implements ServeInput {}
}
