package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tries faults, one after the other, on peers that go on as long as they are well. */
public final class Rig implements AutoCloseable {
  private static final int PEERS_MAX = 5;
  private static final int UP_SECONDS = 120;

  private final Place place;
  private final Consumer<String> progress;
  private @Nullable Site site;

  /** Looks what this machine lets it do; {@code minga} is what comes behind {@code java}. */
  public Rig(List<String> minga, Consumer<String> progress) throws InterruptedException {
    this.place = Place.look(minga, PEERS_MAX);
    this.progress = progress;
  }

  /** Tries a fault; what can't be tried here says why. */
  Finding run(Fault fault, long seed, long limitNanos) throws InterruptedException {
    String whyNot = fault.whyNot(place);
    if (!whyNot.isEmpty()) {
      return leftOut(fault, seed, whyNot);
    }
    long begun = System.nanoTime();
    try {
      Site peers = peers(fault.peers(), seed, Math.min(limitNanos, begun + seconds(UP_SECONDS)));
      long started = System.nanoTime();
      progress.accept(fault.line().name() + ": " + fault.line().what());
      long deadline = Math.min(limitNanos, started + seconds(fault.secondsMax()));
      Course course = new Course(peers, seed, deadline);
      fault.run(course);
      bringBack(peers, deadline);
      Finding finding = course.end(fault.line().name(), Course.since(started));
      if (finding.outcome().compareTo(Finding.Outcome.UNFINISHED) >= 0) {
        leave();
      }
      return finding;
    } catch (IOException | RigException | Control.RefusedException e) {
      leave();
      return System.nanoTime() - limitNanos > 0
          ? leftOut(fault, seed, "time is up")
          : stranded(fault, seed, e, Course.since(begun));
    }
  }

  private static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  static Finding leftOut(Fault fault, long seed, String why) {
    return new Finding(
        fault.line().name(), seed, Finding.Outcome.LEFT_OUT, List.of(), List.of(why), 0);
  }

  /** What it came to can't be said. */
  private static Finding stranded(Fault fault, long seed, Exception e, double seconds) {
    String why = "it could not be seen to its end: " + e.getMessage();
    return new Finding(
        fault.line().name(), seed, Finding.Outcome.UNFINISHED, List.of(), List.of(why), seconds);
  }

  /** Those that there are if they are as many, and others if not. */
  private Site peers(int count, long seed, long deadlineNanos)
      throws IOException, InterruptedException, RigException {
    Site now = site;
    if (now == null || now.peers().size() != count) {
      leave();
      progress.accept("%d peers start".formatted(count));
      now = new Site(place, count, seed);
      site = now;
    }
    if (!now.bringUp(deadlineNanos)) {
      List<String> words = new ArrayList<>();
      now.peers().forEach(peer -> words.add(peer.connected() + " " + peer.lastErrors()));
      throw new RigException("the peers did not find each other: " + words);
    }
    return now;
  }

  private static void bringBack(Site peers, long deadlineNanos)
      throws IOException, InterruptedException {
    for (RigPeer peer : peers.peers()) {
      if (!peer.isAlive()) {
        peers.start(peer);
      }
    }
    for (RigPeer peer : peers.peers()) {
      peer.awaitUp(deadlineNanos);
    }
  }

  private void leave() {
    if (site != null) {
      site.close();
      site = null;
    }
  }

  @Override
  public void close() {
    leave();
  }
}
