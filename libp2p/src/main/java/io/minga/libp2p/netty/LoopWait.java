package io.minga.libp2p.netty;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/** What a loop does before it takes what came: looks for memory. */
final class LoopWait implements SelectStrategy {
  private final Headroom headroom = new Headroom();

  @Override
  public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
    if (!hasTasks) {
      return SELECT;
    }
    headroom.await();
    return selectNow.get();
  }
}
