package io.minga.libp2p.yamux;

import io.minga.libp2p.yamux.Yamux.Effect.Frame;

/**
 * Our own pings: they measure the round trip and find a dead peer. One is under way at a time. The
 * round trip counts from the transmission, death from when the ping was due, because towards a dead
 * peer the connection may never be writable again.
 */
final class Pinger {
  private enum Phase {
    RESTING,
    DUE,
    SENT
  }

  private final long intervalNanos;
  private final long timeoutNanos;
  private Phase phase;
  private int value;
  private long phaseNanos;
  private long dueNanos;
  private long receivedNanos;
  private long rttNanos;

  /** The first ping is due at once, so that windows can grow early. */
  Pinger(YamuxOptions.KeepAlive options, long nowNanos) {
    intervalNanos = options.interval().toNanos();
    timeoutNanos = options.timeout().toNanos();
    phase = intervalNanos > 0 ? Phase.DUE : Phase.RESTING;
    phaseNanos = nowNanos;
    receivedNanos = nowNanos;
    dueNanos = nowNanos;
  }

  /** The smoothed round-trip time, or 0 before the first answer. */
  long rttNanos() {
    return rttNanos;
  }

  /** Something came: the peer lives. */
  void received(long nowNanos) {
    receivedNanos = nowNanos;
  }

  long nextDeadlineNanos() {
    if (intervalNanos == 0) {
      return Long.MAX_VALUE;
    }
    return phase == Phase.RESTING ? phaseNanos + intervalNanos : deathNanos();
  }

  /** Lets time pass, and says whether the peer is dead. */
  boolean tick(long nowNanos) {
    if (intervalNanos == 0) {
      return false;
    }
    if (phase == Phase.RESTING) {
      if (phaseNanos + intervalNanos - nowNanos <= 0) {
        phase = Phase.DUE;
        dueNanos = nowNanos;
      }
      return false;
    }
    return deathNanos() - nowNanos <= 0;
  }

  boolean isDue() {
    return phase == Phase.DUE;
  }

  /** The ping that is due, which is written now. */
  Frame send(long nowNanos) {
    phase = Phase.SENT;
    phaseNanos = nowNanos;
    value++;
    return new Frame(FrameHeader.head(FrameHeader.PING, FrameHeader.SYN, 0), value);
  }

  /** Takes an answer; the round trip it took, or -1 if it answers nothing that we asked. */
  long answered(long nowNanos, int answer) {
    if (phase != Phase.SENT || answer != value) {
      return -1;
    }
    long sampleNanos = Math.max(1, nowNanos - phaseNanos);
    rttNanos = rttNanos == 0 ? sampleNanos : rttNanos / 2 + sampleNanos / 2 + 1;
    phase = Phase.RESTING;
    phaseNanos = nowNanos;
    return sampleNanos;
  }

  private long deathNanos() {
    long sign = receivedNanos - dueNanos > 0 ? receivedNanos : dueNanos;
    return sign + timeoutNanos;
  }
}
