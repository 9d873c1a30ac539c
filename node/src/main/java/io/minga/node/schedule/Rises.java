package io.minga.node.schedule;

/**
 * How much work came in here lately. Much work comes as a job, which its submitter pours over all
 * peers; so whoever has not been heard of since then is taken to have got as much, until its next
 * report says what it has got.
 *
 * <p>What rises at every look is no job. A peer that is stuck falls behind all the time, and an
 * owner that somebody feeds gets as much as it runs; neither says anything of others. So the least
 * rise of the last two looks is taken for what always comes, and only what is above it is news.
 */
final class Rises {
  /** How long after work came here others may not have had theirs in the report that comes in. */
  private static final long SETTLE_NANOS = PeerLoad.SETTLE_NANOS;

  private boolean looked;
  private long lookNanos;
  private long finishNanos;
  private boolean cameSince;
  private long cameNanos;
  private long riseNanos;
  private long risenNanos;

  /** Rises at the last look and the one before, per nanosecond since the look before each. */
  private double lastPace;

  private double paceBefore;

  /** Notes that work came in. */
  void came(long nowNanos) {
    cameSince = true;
    cameNanos = nowNanos;
  }

  /** Notes the finish time of this peer, at each look at the balance. */
  void look(long nowNanos, long finish) {
    long passed = looked ? Math.max(1, nowNanos - lookNanos) : 0;
    long expected = looked ? Math.max(0, finishNanos - passed) : 0;
    long risen = Math.max(0, finish - expected);
    long always = Math.round(Math.min(lastPace, paceBefore) * passed);
    riseNanos = Math.max(0, risen - always);
    risenNanos = (cameSince ? cameNanos : nowNanos) + SETTLE_NANOS;
    paceBefore = lastPace;
    lastPace = passed == 0 ? 0 : (double) risen / passed;
    looked = true;
    cameSince = false;
    lookNanos = nowNanos;
    finishNanos = finish;
  }

  /** By how much the finish time of a peer may have risen that was heard of then. */
  long since(long heardNanos) {
    return heardNanos - risenNanos < 0 ? riseNanos : 0;
  }
}
