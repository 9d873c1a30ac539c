package io.minga.libp2p;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waits for what sockets bring, without wasting time: looks at once, and often. */
final class Soon {
  private static final Duration AT_MOST = Duration.ofSeconds(20);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

  private Soon() {}

  /** Begins a wait. */
  static ConditionFactory await() {
    return Awaitility.await()
        .atMost(AT_MOST)
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL_INTERVAL)
        .pollInSameThread();
  }
}
