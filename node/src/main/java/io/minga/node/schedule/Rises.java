package io.minga.node.schedule;

/**
 * How much work came in here lately. Much work comes as a job, which its submitter pours over all
 * peers; so whoever has not been heard of since then is taken to have got as much, until its next
 * report says what it has got.
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

  /** Notes that work came in. */
  void came(long nowNanos) {
    cameSince = true;
    cameNanos = nowNanos;
  }

  /** Notes the finish time of this peer, at each look at the balance. */
  void look(long nowNanos, long finish) {
    long expected = looked ? Math.max(0, finishNanos - (nowNanos - lookNanos)) : 0;
    riseNanos = Math.max(0, finish - expected);
    risenNanos = (cameSince ? cameNanos : nowNanos) + SETTLE_NANOS;
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
