package io.minga.libp2p.multistream;

import java.time.Duration;

/**
 * The limits of one negotiation.
 *
 * @param timeout from {@code Opened} to the end of the negotiation, a lazy one's echo included
 * @param proposalsMax how many protocols an initiator may propose to us before we give up on it
 */
public record MultistreamOptions(Duration timeout, int proposalsMax) {
  /** The longest message in bytes, its newline included and its length prefix not (go, js). */
  public static final int MESSAGE_BYTES_MAX = 1024;

  /** Ten seconds and 64 proposals. */
  public static final MultistreamOptions DEFAULT =
      new MultistreamOptions(Duration.ofSeconds(10), 64);

  /** Requires both limits to be positive. */
  public MultistreamOptions {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive: " + timeout);
    }
    if (proposalsMax < 1) {
      throw new IllegalArgumentException("proposalsMax must be at least 1: " + proposalsMax);
    }
  }
}
