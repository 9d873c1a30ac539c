package io.minga.node.block;

import java.time.Duration;

/**
 * How many blocks are on their way at once, and how long nothing may move.
 *
 * @param fetchesMax blocks that are fetched at once
 * @param fetchesPerPeerMax those that one peer is asked for first
 * @param waitingMax blocks that wait to be fetched; more are refused
 * @param queuedBytesMax bytes of one block that have come and are not written
 * @param servedMax streams on which blocks are served
 * @param servedPerPeerMax those of one peer
 * @param askedMax requests of one stream that wait
 * @param stall for how long next to nothing may come, or be taken
 * @param stallBytes what is more than next to nothing
 * @param roomWait how long a fetch waits for room if none comes to be
 * @param again after how long those are asked once more whose connection was lost
 */
public record BlockOptions(
    int fetchesMax,
    int fetchesPerPeerMax,
    int waitingMax,
    int queuedBytesMax,
    int servedMax,
    int servedPerPeerMax,
    int askedMax,
    Duration stall,
    int stallBytes,
    Duration roomWait,
    Duration again) {
  /** What docs/protocols/block.md says. */
  public static final BlockOptions DEFAULT =
      new BlockOptions(
          16,
          8,
          65_536,
          256 << 10,
          128,
          16,
          4,
          Duration.ofSeconds(10),
          64 << 10,
          Duration.ofSeconds(60),
          Duration.ofSeconds(1));
}
