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
