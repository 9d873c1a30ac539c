package io.minga.node.schedule;

import java.util.Comparator;
import java.util.TreeSet;

/** The entries of one priority, tenant and kind, by age. */
final class Lane implements Comparable<Lane> {
  private static final Comparator<Entry> BY_AGE =
      (a, b) -> {
        long difference = a.ticket.bornNanos() - b.ticket.bornNanos();
        return difference != 0 ? Long.signum(difference) : Long.compare(a.sequence, b.sequence);
      };

  final Seat seat;
  final Kind kind;
  final TreeSet<Entry> entries = new TreeSet<>(BY_AGE);

  /** The first entry's age and number, as the seat knows them. */
  private long bornNanos;

  private long sequence;

  Lane(Seat seat, Kind kind) {
    this.seat = seat;
    this.kind = kind;
  }

  void add(Entry entry) {
    if (entries.isEmpty()) {
      entries.add(entry);
      takeOrder();
      seat.enter(this);
    } else {
      entries.add(entry);
      reorder();
    }
  }

  void remove(Entry entry) {
    entries.remove(entry);
    if (entries.isEmpty()) {
      seat.leave(this);
    } else {
      reorder();
    }
  }

  private void reorder() {
    if (entries.first().sequence != sequence) {
      boolean alone = seat.lanes.size() == 1;
      if (!alone) {
        seat.lanes.remove(this);
      }
      takeOrder();
      if (!alone) {
        seat.lanes.add(this);
      }
    }
  }

  private void takeOrder() {
    Entry first = entries.first();
    bornNanos = first.ticket.bornNanos();
    sequence = first.sequence;
  }

  @Override
  public int compareTo(Lane other) {
    long difference = bornNanos - other.bornNanos;
    return difference != 0 ? Long.signum(difference) : Long.compare(sequence, other.sequence);
  }
}
