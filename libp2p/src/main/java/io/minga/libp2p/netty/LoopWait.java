package io.minga.libp2p.netty;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/** What a loop does before it takes what came: looks for memory, and how it waits for more. */
final class LoopWait implements SelectStrategy {
  private final Headroom headroom = new Headroom();
  private final Eagerness eagerness = new Eagerness();

  @Override
  public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
    if (!hasTasks && !eagerness.looksAgain()) {
      eagerness.found(); // by sleeping
      return SELECT;
    }
    int events = selectNow.get();
    if (events == 0 && !hasTasks) {
      return CONTINUE;
    }
    eagerness.found();
    headroom.await();
    return events;
  }
}
