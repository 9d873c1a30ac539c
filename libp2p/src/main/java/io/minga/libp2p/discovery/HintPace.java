package io.minga.libp2p.discovery;

import io.minga.libp2p.multiformats.Multiaddr;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When each address that a hint named was last dialled, so that hints can't turn us against one:
 * whatever peers they claim to be there, it is dialled once a pace.
 */
final class HintPace {
  private final long paceNanos;
  private final int max;
  // In the order of the dials.
  private final Map<Multiaddr, Long> dialledNanos = new LinkedHashMap<>();

  HintPace(DiscoveryOptions options) {
    this.paceNanos = options.hintPace().toNanos();
    this.max = options.addressesPacedMax();
  }

  /** When {@code address} may be dialled: {@code nowNanos}, or later. */
  long freeNanos(long nowNanos, Multiaddr address) {
    forgetOld(nowNanos);
    Long dialled = dialledNanos.get(address);
    if (dialled == null && dialledNanos.size() >= max) {
      dialled = dialledNanos.values().iterator().next();
    }
    return dialled == null ? nowNanos : dialled + paceNanos;
  }

  /** Takes note of a dial; {@link #freeNanos} has allowed it. */
  void dialled(long nowNanos, Multiaddr address) {
    dialledNanos.remove(address);
    dialledNanos.put(address, nowNanos);
  }

  private void forgetOld(long nowNanos) {
    Iterator<Long> dialled = dialledNanos.values().iterator();
    while (dialled.hasNext() && dialled.next() + paceNanos - nowNanos <= 0) {
      dialled.remove();
    }
  }
}
