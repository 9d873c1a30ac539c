package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whom this peer asks for work when it runs dry: of a few peers drawn at random, the one that would
 * be through last (the power of several choices; Mitzenmacher, 2001).
 *
 * <p>One peer is asked at a time. After a refusal it waits, twice as long each time and by chance,
 * until tasks come from wherever. It asks only once it has been short for two round trips, in which
 * a submitter that has more would have sent it.
 */
public final class Stealing {
  /** How many peers are looked at. */
  static final int SAMPLE = 8;

  private static final long FIRST_ROUND_TRIP_NANOS = 50_000_000;
  private static final long FIRST_WAIT_NANOS = 50_000_000;
  private static final long MOST_WAIT_NANOS = 4_000_000_000L;
  private static final double ROUND_TRIP_WEIGHT = 1.0 / 8;

  private final RandomGenerator random;
  private final long answerNanos;
  private long exchange;
  private double roundTripNanos = FIRST_ROUND_TRIP_NANOS;
  private boolean measured;
  private @Nullable Ask asked;
  private long askedNanos;
  private boolean isShort;
  private long shortNanos;
  private boolean waits;
  private long waitUntilNanos;
  private long waitNanos = FIRST_WAIT_NANOS;

  /**
   * Whom to ask.
   *
   * @param exchange names what is asked in its answer
   * @param capacityNanos how much work of its own pace this peer could do until that one is through
   */
  public record Ask(PeerId to, long exchange, long capacityNanos) {}

  /**
   * A thief that has asked nobody.
   *
   * @param answerTime how long an answer may take
   */
  public Stealing(RandomGenerator random, Duration answerTime) {
    this.random = random;
    this.answerNanos = answerTime.toNanos();
    this.exchange = random.nextLong() >>> 1;
  }

  /** A peer whose work lasts no longer than this should ask. */
  public long shortNanos() {
    return Math.round(2 * roundTripNanos);
  }

  /** Work is here that lasts, or has come from anywhere: nothing keeps this peer from asking. */
  public void fed() {
    isShort = false;
    waits = false;
    waitNanos = FIRST_WAIT_NANOS;
  }

  /** Whether it is worth finding out whether this peer is short. */
  public boolean mayAsk(long nowNanos) {
    if (asked != null && nowNanos - askedNanos >= answerNanos) {
      asked = null;
      refused(nowNanos);
    }
    if (waits && waitUntilNanos - nowNanos <= 0) {
      waits = false;
    }
    return asked == null && !waits;
  }

  /** This peer is short of work; whether it has been for long enough to ask. */
  public boolean hasBeenShort(long nowNanos) {
    if (!isShort) {
      isShort = true;
      shortNanos = nowNanos;
    }
    return nowNanos - shortNanos >= shortNanos();
  }

  /**
   * Whom this peer asks now, if anybody.
   *
   * @param functions those that it runs, of which the other must run one
   * @param slots how many it has, and {@code workNanos} what they are busy with
   */
  public @Nullable Ask ask(
      long nowNanos,
      Loads loads,
      List<FunctionName> functions,
      int slots,
      long workNanos,
      Predicate<PeerId> canReach) {
    PeerLoad last = null;
    long lastNanos = shortNanos();
    for (int i = 0; i < SAMPLE && loads.size() > 0; i++) {
      PeerLoad each = loads.any(random);
      long finish = each.steadyFinishNanos(nowNanos);
      if (!each.own
          && each.report.queued() > 0
          && finish > lastNanos
          && functions.stream().anyMatch(each.functions::contains)
          && canReach.test(each.peer)) {
        last = each;
        lastNanos = finish;
      }
    }
    if (last == null) {
      delay(nowNanos, FIRST_WAIT_NANOS);
      return null;
    }
    askedNanos = nowNanos;
    asked = new Ask(last.peer, exchange++, Math.max(1, slots * lastNanos - workNanos));
    return asked;
  }

  /** Whether this peer waits for an answer of that one. */
  public boolean hasAsked(PeerId peer) {
    return asked != null && asked.to().equals(peer);
  }

  /** The peer that was asked has offered something; whether any of it was taken. */
  public void offered(long nowNanos, boolean taken) {
    answered(nowNanos);
    if (taken) {
      fed();
    } else {
      refused(nowNanos);
    }
  }

  /** A peer has nothing to give; ignored unless it is the answer to what was asked. */
  public void declined(long nowNanos, PeerId from, long which) {
    if (asked != null && hasAsked(from) && asked.exchange() == which) {
      answered(nowNanos);
      refused(nowNanos);
    }
  }

  /** A peer is gone: nobody waits for its answer. */
  public void gone(PeerId peer) {
    if (hasAsked(peer)) {
      asked = null;
    }
  }

  private void answered(long nowNanos) {
    double took = (double) (nowNanos - askedNanos);
    roundTripNanos = measured ? roundTripNanos + ROUND_TRIP_WEIGHT * (took - roundTripNanos) : took;
    measured = true;
    asked = null;
  }

  private void refused(long nowNanos) {
    delay(nowNanos, waitNanos);
    waitNanos = Math.min(2 * waitNanos, MOST_WAIT_NANOS);
  }

  /** Waits for a half of that at least. */
  private void delay(long nowNanos, long mostNanos) {
    waits = true;
    waitUntilNanos = nowNanos + mostNanos / 2 + random.nextLong(mostNanos / 2 + 1);
  }
}
