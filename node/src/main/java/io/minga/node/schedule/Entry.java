package io.minga.node.schedule;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import org.jspecify.annotations.Nullable;

/** Tasks of one batch that stand in one line; kept small, since there may be millions. */
final class Entry {
  final Cid batch;
  final Ticket ticket;
  final long sequence;
  final Stock stock;
  int count;

  /** Where it stands; null while it is delayed. */
  @Nullable Lane lane;

  /** The next entry of the same batch. */
  @Nullable Entry next;

  long notBeforeNanos;

  private IndexSet left;

  /** What was taken from the front since {@code left} was built: the indexes below this. */
  private int from;

  private int @Nullable [] order;

  Entry(Cid batch, IndexSet indexes, Ticket ticket, long sequence, Stock stock) {
    this.batch = batch;
    this.left = indexes;
    this.count = indexes.size();
    this.ticket = ticket;
    this.sequence = sequence;
    this.stock = stock;
  }

  IndexSet toSet() {
    if (from > 0 && order != null) {
      IndexSet taken = IndexSet.range(0, order[from - 1] + 1);
      left = left.andNot(taken);
      order = null;
      from = 0;
    }
    return left;
  }

  /** Takes the first {@code max} or all. The order is only unrolled while tasks are run singly. */
  IndexSet removeFirst(int max) {
    int taken = Math.min(max, count);
    if (taken == count) {
      return remove(toSet());
    }
    if (order == null) {
      order = left.toArray();
    }
    IndexSet first =
        taken == 1
            ? IndexSet.of(order[from])
            : IndexSet.range(order[from], order[from + taken - 1] + 1).and(left);
    from += taken;
    count -= taken;
    return first;
  }

  /** Takes the last {@code max} or all. */
  IndexSet removeLast(int max) {
    IndexSet all = toSet();
    if (max >= count) {
      return remove(all);
    }
    int first = all.toArray()[count - max];
    return remove(all.and(IndexSet.range(first, IndexSet.CAPACITY)));
  }

  IndexSet remove(IndexSet taken) {
    left = toSet().andNot(taken);
    count -= taken.size();
    order = null;
    return taken;
  }
}
