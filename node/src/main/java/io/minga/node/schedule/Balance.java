package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How far the peers that can run one kind of task are from finishing together.
 *
 * @param own this peer, as it truly stands; null if it can't run the kind
 * @param levelNanos when all would end their last task if they were balanced
 * @param surplus how many tasks those peers hold beyond the level of which that is sure
 */
record Balance(List<Standing> others, @Nullable Standing own, double levelNanos, double surplus) {
  /** What a sum of doubles may be off, in tasks. */
  private static final double ROUNDING = 1e-6;

  /** Nothing moves for less, as a part of F*. */
  private static final double LEAST_GAIN = 0.05;

  /** A peer gives when it is so many standard errors of its finish time above F*. */
  private static final double SURE_ERRORS = 2;

  /** What a peer should be given. */
  record Share(Standing to, int tasks) {}

  /**
   * Compares the peers.
   *
   * @param standings of all peers that can run the kind, this one as it truly stands
   */
  static Balance of(PeerId self, List<Standing> standings) {
    List<Standing> others = new ArrayList<>(standings.size());
    Standing own = null;
    for (Standing each : standings) {
      if (each.peer().equals(self)) {
        own = each;
      } else {
        others.add(each);
      }
    }
    double level = level(standings);
    double surplus = 0;
    for (Standing each : standings) {
      surplus += gives(each, level) ? gain(each, level) * each.rate() : 0;
    }
    return new Balance(others, own, level, surplus);
  }

  /** When all would end together: those whose one task would end later hold nothing then. */
  private static double level(List<Standing> standings) {
    double work = 0;
    for (Standing each : standings) {
      work += each.finishNanos() * each.rate();
    }
    double level = Double.MAX_VALUE;
    for (double before = 0; level != before; ) {
      before = level;
      double rate = 0;
      double tails = 0;
      for (Standing each : standings) {
        if (each.tailNanos() < before) {
          rate += each.rate();
          tails += each.tailNanos() * each.rate();
        }
      }
      level = rate == 0 ? 0 : Math.min(before, (work + tails) / rate);
    }
    return level;
  }

  /** By how much earlier a peer would end at the level; no earlier than now. */
  private static double gain(Standing peer, double level) {
    return Math.min((double) peer.finishNanos(), peer.endNanos() - level);
  }

  /** Whether a peer is so far above the level that it isn't chance, and by a task at least. */
  private static boolean gives(Standing peer, double level) {
    double gain = gain(peer, level);
    return gain > LEAST_GAIN * level
        && gain > SURE_ERRORS * peer.errorNanos()
        && gain * peer.rate() >= 1;
  }

  /** By how much earlier this peer would finish at the level. */
  double gainNanos() {
    return own == null ? 0 : gain(own, levelNanos);
  }

  /** Whether this peer should give. */
  boolean gives() {
    return own != null && gives(own, levelNanos);
  }

  /**
   * Whom to give how many tasks, the largest shares first. Whole tasks; those that rounding leaves
   * over go to the largest fractions.
   *
   * @param tasksMax how many there are to give
   * @param key orders equal ones
   * @param reachable who can be given anything; what others lack stays here
   */
  List<Share> shares(int tasksMax, long key, Predicate<PeerId> reachable) {
    double mine = own == null ? 0 : gainNanos() * own.rate();
    int whole = (int) Math.min(tasksMax, mine + ROUNDING);
    if (whole < 1) {
      return List.of();
    }
    double deficits = 0;
    for (Standing each : others) {
      deficits += deficit(each);
    }
    double scale = mine / Math.max(Math.max(surplus, mine), deficits);
    List<Part> parts = new ArrayList<>();
    double sum = 0;
    for (Standing each : others) {
      double part = deficit(each) * scale;
      if (part > 0 && reachable.test(each.peer())) {
        parts.add(new Part(each, part, Rendezvous.rank(key, Rendezvous.hash(each.peer()))));
        sum += part;
      }
    }
    return round(parts, (int) Math.min(whole, Math.round(sum)));
  }

  /** How many tasks a peer lacks, unless that may be chance. */
  private double deficit(Standing peer) {
    double gap = levelNanos - peer.endNanos();
    return gap > LEAST_GAIN * levelNanos && gap > peer.errorNanos() ? gap * peer.rate() : 0;
  }

  private record Part(Standing to, double tasks, long tie) {
    int floor() {
      return (int) (tasks + ROUNDING);
    }
  }

  private static List<Share> round(List<Part> parts, int tasks) {
    List<Part> sorted = new ArrayList<>(parts);
    sorted.sort(
        Comparator.comparingDouble((Part part) -> part.floor() - part.tasks)
            .thenComparingLong(Part::tie));
    int rest = tasks - parts.stream().mapToInt(Part::floor).sum();
    List<Share> shares = new ArrayList<>();
    int left = tasks;
    for (Part part : sorted) {
      int count = Math.min(left, part.floor() + (rest-- > 0 ? 1 : 0));
      if (count > 0) {
        shares.add(new Share(part.to, count));
        left -= count;
      }
    }
    shares.sort(Comparator.comparingInt((Share share) -> -share.tasks()));
    return shares;
  }

  /**
   * How many offered tasks a peer should take: as many as end there before the giver would be
   * through without them.
   *
   * @param workNanos what the giver says they take there
   */
  static int welcome(Standing own, Standing giver, long workNanos, int tasks) {
    if (tasks < 1) {
      return 0;
    }
    double slower = (double) workNanos / tasks / giver.slots();
    double finish = Math.max((double) giver.finishNanos(), (double) workNanos / giver.slots());
    double room = (finish + giver.tailNanos() - own.endNanos()) / (slower + 1 / own.rate());
    return (int) Math.max(0, Math.min(tasks, room + ROUNDING));
  }
}
