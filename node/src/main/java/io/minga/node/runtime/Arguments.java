package io.minga.node.runtime;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockStore;
import io.minga.node.task.Payload;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of calls that are to be submitted together. Large ones are in the block store, on
 * hold until this is closed; what is submitted before then has holds of its own. One owner.
 */
public final class Arguments implements AutoCloseable {
  private final BlockStore store;
  private final int inlineBytesMax;
  private final List<Payload> payloads;
  private final List<BlockHold> holds = new ArrayList<>(0);
  private long bytes;

  Arguments(BlockStore store, int inlineBytesMax, int expected) {
    this.store = store;
    this.inlineBytesMax = inlineBytesMax;
    this.payloads = new ArrayList<>(expected);
  }

  /**
   * Adds one, which is not changed any more.
   *
   * @throws BlockException if it is large, and there is no room for it
   */
  public void add(byte[] argument) throws BlockException {
    if (argument.length <= inlineBytesMax) {
      payloads.add(Payload.of(Bytes.copyOf(argument)));
      return;
    }
    BlockHold hold = store.put(argument);
    holds.add(hold);
    bytes += argument.length;
    payloads.add(new Payload.Content(hold.cid(), argument.length));
  }

  /** All of them, in order. */
  public List<Payload> payloads() {
    return payloads;
  }

  /** How many bytes the large ones have. */
  public long storedBytes() {
    return bytes;
  }

  @Override
  public void close() {
    holds.forEach(BlockHold::close);
    holds.clear();
  }
}
