package io.minga.libp2p.connections;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The peers, and their addresses, that failed lately, and until when each rests: doubling from
 * {@code backoffMin} to {@code backoffMax}, less up to a half at random so that peers that failed
 * together do not return together. A failure counts as the first again once the rest is over for as
 * long as {@code backoffMax}.
 */
final class DialBackoffs {
  private record Key(PeerId peer, @Nullable Multiaddr address) {}

  private record Backoff(int failures, long untilNanos) {}

  private final DialOptions options;
  private final RandomGenerator random;
  // In the order of their last failure, so that the oldest go first when there are too many.
  private final Map<Key, Backoff> backoffs = new LinkedHashMap<>();

  DialBackoffs(DialOptions options, RandomGenerator random) {
    this.options = options;
    this.random = random;
  }

  /** How long {@code peer}, or one address of it, still rests; 0 or less if it doesn't. */
  long remainingNanos(PeerId peer, @Nullable Multiaddr address, long nowNanos) {
    Backoff backoff = backoffs.get(new Key(peer, address));
    return backoff == null ? 0 : backoff.untilNanos - nowNanos;
  }

  void failed(PeerId peer, @Nullable Multiaddr address, long nowNanos) {
    Key key = new Key(peer, address);
    Backoff last = backoffs.remove(key);
    boolean fresh =
        last == null || last.untilNanos + options.backoffMax().toNanos() - nowNanos <= 0;
    int failures = fresh ? 1 : last.failures + 1;
    if (backoffs.size() >= options.backoffsMax()) {
      backoffs.remove(backoffs.keySet().iterator().next());
    }
    backoffs.put(key, new Backoff(failures, nowNanos + restNanos(failures)));
  }

  void succeeded(PeerId peer, @Nullable Multiaddr address) {
    backoffs.remove(new Key(peer, address));
  }

  int size() {
    return backoffs.size();
  }

  private long restNanos(int failures) {
    long maxNanos = options.backoffMax().toNanos();
    long restNanos = options.backoffMin().toNanos();
    for (int i = 1; i < failures && restNanos < maxNanos; i++) {
      restNanos *= 2;
    }
    return (long) (Math.min(restNanos, maxNanos) * (0.5 + random.nextDouble() / 2));
  }
}
