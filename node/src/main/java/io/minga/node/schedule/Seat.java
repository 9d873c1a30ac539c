package io.minga.node.schedule;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * A tenant's place in a line, with a lane for each kind of its tasks, by the age of their first.
 */
final class Seat implements Comparable<Seat> {
  final Level level;
  final Line line;
  final Account account;
  final TreeSet<Lane> lanes = new TreeSet<>();
  private final Map<Kind, Lane> byKind = new LinkedHashMap<>(2);

  Seat(Level level, Line line, Account account) {
    this.level = level;
    this.line = line;
    this.account = account;
  }

  /** The lane of a kind, which must be filled next. */
  Lane lane(Kind kind) {
    Lane lane = byKind.get(kind);
    if (lane == null) {
      lane = new Lane(this, kind);
      byKind.put(kind, lane);
    }
    return lane;
  }

  /** Puts a lane that has become filled in order, and the seat with its first one. */
  void enter(Lane lane) {
    lanes.add(lane);
    if (lanes.size() == 1) {
      line.enter(this);
    }
  }

  /** Forgets a lane that has become empty, and the seat with its last one. */
  void leave(Lane lane) {
    lanes.remove(lane);
    byKind.remove(lane.kind);
    if (lanes.isEmpty()) {
      line.seats.remove(this);
      account.seats.remove(line.need);
      if (line.seats.isEmpty()) {
        level.lines.remove(line.need);
      }
      if (account.seats.isEmpty()) {
        level.accounts.remove(account.tenant);
      }
    }
  }

  /** Ties go by the tenant's name, which never changes. */
  @Override
  public int compareTo(Seat other) {
    long difference = account.passNanos - other.account.passNanos;
    return difference != 0
        ? Long.signum(difference)
        : account.tenant.compareTo(other.account.tenant);
  }
}
