package io.minga.node.schedule;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that this peer holds and has not begun, in the order in which they run: by priority,
 * then in turn among tenants so that each gets as much run time as the others, then by age.
 *
 * <p>What stands in line is a batch with a set of indexes, so a queued task of a full batch weighs
 * a byte or two. Tasks that need more cores or memory than are free are overtaken by others; once
 * that has lasted for the patience of the options, a fifth of the time is kept for them.
 *
 * <p>Tenants take turns by stride scheduling (Waldspurger and Weihl, 1995): who has had least of
 * the run time goes first; who comes anew starts level with whoever is served.
 */
public final class RunQueue {
  /** How much work one slot is given at once. */
  static final long RUN_NANOS = 1_000_000;

  /**
   * How many tasks one slot is given at once, all of a batch: while a slot waits for the next ones
   * it does nothing, and tasks that do next to nothing are over before the loop has noticed.
   */
  static final int RUN_TASKS_MAX = 256;

  private static final int SEARCHED_MAX = 4096;
  private static final Comparator<Entry> BY_WAKING =
      (a, b) ->
          a.notBeforeNanos != b.notBeforeNanos
              ? Long.signum(a.notBeforeNanos - b.notBeforeNanos)
              : Long.compare(a.sequence, b.sequence);

  private final ScheduleOptions options;
  private final RunTimes runTimes;
  private final int slots;
  private final int cores;
  private final int memoryMib;
  private final Level[] levels = new Level[Ticket.PRIORITIES];
  private final Map<Cid, Entry> batches = new LinkedHashMap<>();
  private final Map<Kind, Stock> stocks = new LinkedHashMap<>();
  private final TreeSet<Entry> delayed = new TreeSet<>(BY_WAKING);
  private int size;
  private long sequence;

  /** How long tasks of a kind are expected to run here. */
  @FunctionalInterface
  public interface RunTimes {
    /** The mean; {@code hintNanos} is what the submitter expects, or 0. */
    long meanNanos(Kind kind, long hintNanos);
  }

  /**
   * An empty queue.
   *
   * @param slots how many tasks run at once
   * @param cores how many cores tasks may use together
   * @param memoryMib how much memory they may use together
   */
  public RunQueue(ScheduleOptions options, RunTimes runTimes, int slots, int cores, int memoryMib) {
    this.options = options;
    this.runTimes = runTimes;
    this.slots = slots;
    this.cores = cores;
    this.memoryMib = memoryMib;
    for (int i = 0; i < levels.length; i++) {
      levels[i] = new Level(i);
    }
  }

  /**
   * Puts tasks in line.
   *
   * @return those that stand there now and didn't before; none if the queue is full, or if this
   *     peer can't ever run them
   */
  public IndexSet add(Cid batch, IndexSet indexes, Ticket ticket) {
    Entry entry = enter(batch, indexes, ticket);
    if (entry == null) {
      return IndexSet.EMPTY;
    }
    line(entry);
    return entry.toSet();
  }

  /** Puts tasks in line that may not run before some time; they count as held until then. */
  public IndexSet addLater(Cid batch, IndexSet indexes, Ticket ticket, long notBeforeNanos) {
    Entry entry = enter(batch, indexes, ticket);
    if (entry == null) {
      return IndexSet.EMPTY;
    }
    entry.notBeforeNanos = notBeforeNanos;
    delayed.add(entry);
    return entry.toSet();
  }

  private @Nullable Entry enter(Cid batch, IndexSet indexes, Ticket ticket) {
    Entry first = batches.get(batch);
    IndexSet fresh = indexes;
    for (Entry other = first; other != null; other = other.next) {
      fresh = fresh.andNot(other.toSet());
    }
    Kind kind = ticket.kind();
    Level level = levels[ticket.priority()];
    if (fresh.isEmpty()
        || size + fresh.size() > options.queuedMax()
        || !kind.need().fits(cores, memoryMib)
        || (!stocks.containsKey(kind) && stocks.size() >= options.kindsMax())
        || !level.hasRoom(ticket, options)) {
      return null;
    }
    Stock stock = stocks.computeIfAbsent(kind, Stock::new);
    stock.hintNanos = ticket.hintNanos() > 0 ? ticket.hintNanos() : stock.hintNanos;
    Entry entry = new Entry(batch, fresh, ticket, sequence++, stock);
    entry.next = first;
    batches.put(batch, entry);
    stock.add(entry.count);
    size += entry.count;
    return entry;
  }

  private void line(Entry entry) {
    Level level = levels[entry.ticket.priority()];
    level.count += entry.count;
    Lane lane = level.lane(entry.ticket);
    if (lane.entries.isEmpty()) {
      entry.stock.lanes.add(lane);
    }
    lane.add(entry);
    entry.lane = lane;
  }

  /**
   * Takes out what one slot runs next: one task, or some of a kind whose run time is short.
   *
   * @return null if nothing is in line that so many cores and so much memory are enough for
   */
  public @Nullable Queued pop(long nowNanos, int freeCores, int freeMemoryMib) {
    wake(nowNanos);
    for (int priority = levels.length - 1; priority >= 0; priority--) {
      Level level = levels[priority];
      if (level.count > 0) {
        Line best = level.best(nowNanos, freeCores, freeMemoryMib, options.patience().toNanos());
        if (best != null) {
          return take(level, best);
        }
        if (level.heldBack) {
          return null;
        }
      }
    }
    return null;
  }

  private Queued take(Level level, Line line) {
    Seat seat = line.seats.first();
    Lane lane = seat.lanes.first();
    Entry entry = lane.entries.first();
    long meanNanos = entry.stock.meanNanos(runTimes);
    long tasksMax =
        Math.min(RUN_NANOS / meanNanos, Math.min(RUN_TASKS_MAX, size / Math.max(1, slots)));
    IndexSet taken = entry.removeFirst((int) Math.max(1, tasksMax));
    shrink(entry, taken.size());
    level.serve(seat, meanNanos * taken.size());
    return new Queued(entry.batch, taken, entry.ticket);
  }

  /** Counts tasks out that were taken from the entry, and the entry once it is empty. */
  private void shrink(Entry entry, int taken) {
    size -= taken;
    entry.stock.count -= taken;
    Lane lane = entry.lane;
    if (lane != null) {
      levels[entry.ticket.priority()].count -= taken;
    }
    if (entry.count > 0) {
      return;
    }
    if (lane == null) {
      delayed.remove(entry);
    } else {
      lane.remove(entry);
      if (lane.entries.isEmpty()) {
        entry.stock.lanes.remove(lane);
      }
    }
    if (entry.stock.count == 0) {
      stocks.remove(entry.ticket.kind());
    }
    unlink(entry);
  }

  private void unlink(Entry gone) {
    Entry first = batches.get(gone.batch);
    if (first == gone) {
      if (gone.next == null) {
        batches.remove(gone.batch);
      } else {
        batches.put(gone.batch, gone.next);
      }
      return;
    }
    for (Entry each = first; each != null; each = each.next) {
      if (each.next == gone) {
        each.next = gone.next;
      }
    }
  }

  /**
   * Takes tasks out, wherever they stand: they were cancelled, settled, or another peer's claim
   * won.
   *
   * @return what was taken out
   */
  public List<Queued> remove(Cid batch, IndexSet indexes) {
    List<Queued> removed = new ArrayList<>(1);
    for (Entry entry = batches.get(batch); entry != null; ) {
      Entry next = entry.next;
      IndexSet taken = entry.toSet().and(indexes);
      if (!taken.isEmpty()) {
        entry.remove(taken);
        shrink(entry, taken.size());
        removed.add(new Queued(batch, taken, entry.ticket));
      }
      entry = next;
    }
    return removed;
  }

  /** Takes out all that there is, for a peer that leaves. */
  public List<Queued> drain() {
    List<Queued> all = new ArrayList<>();
    for (Cid batch : List.copyOf(batches.keySet())) {
      all.addAll(remove(batch, IndexSet.range(0, IndexSet.CAPACITY)));
    }
    return all;
  }

  /**
   * Takes out the newest tasks of a kind, those of the lowest priority first, that have not moved
   * too often; whole entries first, so that they are cheap to move.
   *
   * @param entriesMax of how many entries at most
   * @param mayMove which batches' tasks
   */
  public List<Queued> takeNewest(Kind kind, int tasksMax, int entriesMax, Predicate<Cid> mayMove) {
    Stock stock = stocks.get(kind);
    if (stock == null) {
      return List.of();
    }
    List<Lane> lanes = new ArrayList<>(stock.lanes);
    lanes.sort(Comparator.comparingInt(lane -> lane.seat.level.priority));
    List<Entry> chosen = new ArrayList<>();
    int missing = tasksMax;
    int searched = 0;
    for (Lane lane : lanes) {
      for (Entry entry : lane.entries.descendingSet()) {
        if (missing <= 0 || chosen.size() >= entriesMax || ++searched > SEARCHED_MAX) {
          break;
        }
        if (entry.ticket.hops() < options.movesMax() && mayMove.test(entry.batch)) {
          chosen.add(entry);
          missing -= entry.count;
        }
      }
    }
    List<Queued> taken = new ArrayList<>(chosen.size());
    int rest = tasksMax;
    for (Entry entry : chosen) {
      IndexSet indexes = entry.removeLast(Math.min(rest, entry.count));
      rest -= indexes.size();
      shrink(entry, indexes.size());
      taken.add(new Queued(entry.batch, indexes, entry.ticket));
    }
    return taken;
  }

  /** Moves what may run now from the delayed to the lines. */
  private void wake(long nowNanos) {
    while (!delayed.isEmpty() && delayed.first().notBeforeNanos - nowNanos <= 0) {
      Entry entry = delayed.first();
      delayed.remove(entry);
      line(entry);
    }
  }

  /** When the next delayed task may run; {@link Long#MAX_VALUE} if there is none. */
  public long nextDeadlineNanos() {
    return delayed.isEmpty() ? Long.MAX_VALUE : delayed.first().notBeforeNanos;
  }

  /** How many tasks there are. */
  public int size() {
    return size;
  }

  /** How many tasks of a kind there are. */
  public int size(Kind kind) {
    Stock stock = stocks.get(kind);
    return stock == null ? 0 : stock.count;
  }

  /** Which tasks of a batch there are. */
  public IndexSet indexes(Cid batch) {
    IndexSet indexes = IndexSet.EMPTY;
    for (Entry entry = batches.get(batch); entry != null; entry = entry.next) {
      indexes = indexes.or(entry.toSet());
    }
    return indexes;
  }

  /** The expected run time of all tasks, one after the other, as estimated now. */
  public long workNanos() {
    long work = 0;
    for (Stock stock : stocks.values()) {
      work += stock.freshWorkNanos(runTimes);
    }
    return work;
  }

  /** The kinds that there are, those with the most work first; no more than {@code max}. */
  List<Stock> largest(int max) {
    List<Stock> sorted = new ArrayList<>(stocks.values());
    sorted.forEach(stock -> stock.freshWorkNanos(runTimes));
    sorted.sort(Comparator.comparingLong((Stock stock) -> -stock.workNanos()));
    return sorted.subList(0, Math.min(max, sorted.size()));
  }

  int slots() {
    return slots;
  }
}
