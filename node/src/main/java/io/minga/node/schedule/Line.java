package io.minga.node.schedule;

import java.util.TreeSet;

/** The tenants that have tasks of one priority and requirement, by whose turn it is. */
final class Line {
  final Need need;
  final TreeSet<Seat> seats = new TreeSet<>();
  boolean skipped;
  long skippedSinceNanos;

  Line(Need need) {
    this.need = need;
  }

  /** Whether this line's first goes before the other's: by turn, and of one tenant's by age. */
  boolean isBefore(Line other) {
    Seat mine = seats.first();
    Seat theirs = other.seats.first();
    int byTurn = mine.compareTo(theirs);
    return byTurn != 0 ? byTurn < 0 : mine.lanes.first().compareTo(theirs.lanes.first()) < 0;
  }

  /** Takes a seat out, before what orders it changes; one alone may as well stay. */
  void leave(Seat seat) {
    if (seats.size() > 1) {
      seats.remove(seat);
    }
  }

  void enter(Seat seat) {
    seats.add(seat);
  }
}
