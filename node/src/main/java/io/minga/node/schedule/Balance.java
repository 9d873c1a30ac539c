package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the peers that can run one kind of task are from finishing together.
 *
 * @param own this peer, as it truly stands; null if it can't run the kind
 * @param levelNanos F*, when all would finish if they were balanced
 * @param surplus how many tasks the peers above the level hold beyond it
 */
record Balance(List<Standing> others, @Nullable Standing own, double levelNanos, double surplus) {
  /** What a peer should be given. */
  record Share(Standing to, int tasks) {}

  static Balance of(PeerId self, List<Standing> standings, long ownFinishNanos) {
    List<Standing> others = new ArrayList<>(standings.size());
    Standing own = null;
    double work = 0;
    double rate = 0;
    for (Standing said : standings) {
      Standing each = said;
      if (said.peer().equals(self)) {
        each = new Standing(self, said.slots(), ownFinishNanos, said.meanNanos());
        own = each;
      } else {
        others.add(each);
      }
      work += each.finishNanos() * each.rate();
      rate += each.rate();
    }
    double level = rate == 0 ? 0 : work / rate;
    double surplus = own == null ? 0 : Math.max(0, (own.finishNanos() - level) * own.rate());
    for (Standing each : others) {
      surplus += Math.max(0, (each.finishNanos() - level) * each.rate());
    }
    return new Balance(others, own, level, surplus);
  }

  /** By how much earlier this peer would finish at the level. */
  double gainNanos() {
    return own == null ? 0 : own.finishNanos() - levelNanos;
  }

  /** Whether this peer finishes so much after the level, and by a task at least. */
  boolean isAbove(double threshold) {
    return own != null
        && own.finishNanos() > threshold * levelNanos
        && gainNanos() * own.rate() >= 1;
  }

  /**
   * Whom to give how many tasks, the largest shares first. Whole tasks; those that rounding leaves
   * over go to the largest fractions.
   *
   * @param hysteresis who is no further below the level than this part of it gets nothing
   * @param tasksMax how many there are to give
   * @param key orders equal ones
   */
  List<Share> shares(double hysteresis, int tasksMax, long key) {
    double mine = own == null ? 0 : gainNanos() * own.rate();
    int whole = (int) Math.min(tasksMax, mine);
    if (whole < 1) {
      return List.of();
    }
    List<Part> parts = new ArrayList<>();
    double sum = 0;
    for (Standing each : others) {
      double gap = levelNanos - each.finishNanos();
      if (gap > hysteresis * levelNanos) {
        double part = gap * each.rate() * mine / surplus;
        parts.add(new Part(each, part, Rendezvous.rank(key, Rendezvous.hash(each.peer()))));
        sum += part;
      }
    }
    return round(parts, (int) Math.min(whole, Math.round(sum)));
  }

  private record Part(Standing to, double tasks, long tie) {
    int floor() {
      return (int) tasks;
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
   * How many offered tasks this peer should take.
   *
   * @param workNanos what the giver says they take there, which it holds besides F*
   * @param idle whether nothing waits here, so that a task for each slot is welcome anyway
   */
  int welcome(PeerId from, long workNanos, int tasks, boolean idle) {
    if (own == null) {
      return 0;
    }
    double level = levelNanos;
    for (Standing each : others) {
      if (each.peer().equals(from)) {
        double finish = levelNanos + (double) workNanos / each.slots();
        level = Math.max(level, Math.max((double) each.finishNanos(), finish));
      }
    }
    double room = (Rebalancer.THRESHOLD * level - own.finishNanos()) * own.rate();
    int least = idle ? own.slots() : 0;
    return (int) Math.min(tasks, Math.max(room, least));
  }
}
