package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The leases under which this peer runs others' exclusive tasks. It asks for one as it takes a
 * task, asks anew three times within each, and gives the task up when its lease has ended.
 *
 * <p>A lease is counted from when this peer asked for it, and the submitter counts from when it
 * answered, which was later. So it ends here first, however long either frame was on its way, and
 * no clocks are compared (Gray and Cheriton, Leases, 1989).
 */
final class Leases {
  private static final int RENEWALS_PER_LEASE = 3;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final BatchTable table;
  private final Turn turn;
  private final int partsMax;
  private final long leaseNanos;
  private final Map<PeerId, Tenancy> bySubmitter = new LinkedHashMap<>();
  private long lastNumber;

  /** No lease ends before. */
  private long lookNanos;

  private boolean looks;
  private Line line = (nowNanos, held, tasks) -> {};
  private Ends ends = (held, tasks, why) -> {};

  /** Where tasks go that have their leases. */
  @FunctionalInterface
  interface Line {
    void add(long nowNanos, Held held, IndexSet tasks);
  }

  /** Gives up tasks that may not run here any more. */
  @FunctionalInterface
  interface Ends {
    void end(Held held, IndexBits tasks, String why);
  }

  /** What there is with one submitter. */
  private static final class Tenancy {
    final Set<Held> held = new LinkedHashSet<>();

    /** Those that were not asked for. */
    final Map<Held, IndexBits> fresh = new LinkedHashMap<>();

    /** What was asked for and not answered, in that order. */
    final Map<Long, Asked> asked = new LinkedHashMap<>();

    boolean connected = true;

    /** When all is asked for again. */
    long renewNanos;
  }

  private record Asked(long sentNanos, List<Share> shares) {}

  /** Tasks of one batch that are held in one epoch, with leases or without. */
  private record Share(Held held, int epoch, boolean leased, IndexBits tasks) {}

  private record Place(Held held, int epoch, boolean leased) {}

  Leases(NodeOptions options, BatchTable table, Turn turn) {
    this.table = table;
    this.turn = turn;
    this.partsMax = options.tasks().partsMax();
    this.leaseNanos = options.times().lease().toNanos();
  }

  /** Where tasks go: in line, or away. */
  void lead(Line line, Ends ends) {
    this.line = line;
    this.ends = ends;
  }

  /** Which of these tasks, that are taken now, wait for their leases: all of an exclusive batch. */
  IndexSet await(long nowNanos, Held held, IndexSet tasks) {
    if (held.tenure == null || tasks.isEmpty()) {
      return IndexSet.EMPTY;
    }
    Tenancy tenancy = bySubmitter.get(held.submitter);
    if (tenancy == null) {
      tenancy = new Tenancy();
      tenancy.renewNanos = nowNanos + leaseNanos / RENEWALS_PER_LEASE;
      bySubmitter.put(held.submitter, tenancy);
    }
    tenancy.held.add(held);
    tenancy.fresh.computeIfAbsent(held, it -> new IndexBits()).addAll(tasks);
    return tasks;
  }

  /** There is a connection; what was asked for over another is answered no more. */
  void connected(long nowNanos, PeerId submitter) {
    Tenancy tenancy = bySubmitter.get(submitter);
    if (tenancy != null) {
      tenancy.connected = true;
      tenancy.asked.clear();
      tenancy.renewNanos = nowNanos;
    }
  }

  /** A submitter is gone: what it gave is dropped, but for durable work that has leases. */
  void forget(PeerId submitter) {
    Tenancy tenancy = bySubmitter.get(submitter);
    if (tenancy != null) {
      tenancy.held.removeIf(held -> !held.policy().durable());
      tenancy.fresh.keySet().removeIf(held -> !held.policy().durable());
      if (tenancy.held.isEmpty()) {
        bySubmitter.remove(submitter);
      }
    }
  }

  void disconnected(PeerId submitter) {
    Tenancy tenancy = bySubmitter.get(submitter);
    if (tenancy != null) {
      tenancy.connected = false;
    }
  }

  // Asking.

  /** Asks for what is new, and for all now and then. */
  void flush(long nowNanos) {
    for (Iterator<Map.Entry<PeerId, Tenancy>> it = bySubmitter.entrySet().iterator();
        it.hasNext(); ) {
      Map.Entry<PeerId, Tenancy> each = it.next();
      Tenancy tenancy = each.getValue();
      if (!tenancy.connected) {
        continue;
      }
      if (tenancy.renewNanos - nowNanos <= 0) {
        tenancy.renewNanos = nowNanos + leaseNanos / RENEWALS_PER_LEASE;
        tenancy.fresh.clear();
        tenancy.held.removeIf(held -> table.get(held.batch.cid()) != held);
        tenancy.asked.values().removeIf(asked -> asked.sentNanos + leaseNanos - nowNanos <= 0);
        ask(nowNanos, each.getKey(), tenancy, shares(nowNanos, tenancy.held, null));
        if (tenancy.held.isEmpty()) {
          it.remove();
        }
      } else if (!tenancy.fresh.isEmpty()) {
        List<Share> shares = shares(nowNanos, tenancy.fresh.keySet(), tenancy.fresh);
        tenancy.fresh.clear();
        ask(nowNanos, each.getKey(), tenancy, shares);
      }
    }
  }

  /** What is here of these, or of {@code some} of their tasks. */
  private List<Share> shares(
      long nowNanos, Iterable<Held> of, @Nullable Map<Held, IndexBits> some) {
    Map<Place, Share> shares = new LinkedHashMap<>();
    for (Held held : of) {
      if (table.get(held.batch.cid()) != held) {
        continue;
      }
      IndexBits its = held.has();
      IndexBits only = some == null ? null : some.get(held);
      if (only != null) {
        its.retainAll(only);
      }
      its.forEach(
          index -> {
            int epoch = held.epoch(index);
            Tenure tenure = held.tenure;
            boolean leased = tenure != null && tenure.holds(nowNanos, index, epoch);
            shares
                .computeIfAbsent(
                    new Place(held, epoch, leased),
                    place -> new Share(held, epoch, leased, new IndexBits()))
                .tasks
                .add(index);
          });
    }
    return new ArrayList<>(shares.values());
  }

  private void ask(long nowNanos, PeerId submitter, Tenancy tenancy, List<Share> shares) {
    for (int from = 0; from < shares.size(); from += partsMax) {
      List<Share> some =
          List.copyOf(shares.subList(from, Math.min(shares.size(), from + partsMax)));
      List<WorkFrame.Tokens> tokens = new ArrayList<>(some.size());
      for (Share share : some) {
        tokens.add(
            new WorkFrame.Tokens(
                share.held.name(), share.epoch, share.leased, share.tasks.toSet()));
      }
      long number = ++lastNumber;
      tenancy.asked.put(number, new Asked(nowNanos, some));
      turn.send(submitter, new WorkFrame.Renew(number, tokens));
    }
  }

  // Answers.

  /** A submitter says which tasks may run; what it doesn't speak of is another's by now. */
  void leased(long nowNanos, PeerId from, WorkFrame.Lease lease) {
    Tenancy tenancy = bySubmitter.get(from);
    Asked asked = tenancy == null ? null : tenancy.asked.remove(lease.number());
    if (tenancy == null || asked == null) {
      return;
    }
    Map<Place, IndexBits> granted = new LinkedHashMap<>();
    for (WorkFrame.Tokens tokens : lease.tokens()) {
      Held held = table.get(from, tokens.batch());
      if (held != null) {
        granted
            .computeIfAbsent(new Place(held, tokens.epoch(), false), it -> new IndexBits())
            .addAll(tokens.indexes());
      }
    }
    long untilNanos = asked.sentNanos + lease.millis() * NANOS_PER_MILLI;
    for (Share share : asked.shares) {
      IndexBits may = granted.get(new Place(share.held, share.epoch, false));
      answered(nowNanos, tenancy, share, may == null ? new IndexBits() : may, untilNanos);
    }
  }

  private void answered(
      long nowNanos, Tenancy tenancy, Share share, IndexBits may, long untilNanos) {
    Held held = share.held;
    Tenure tenure = held.tenure;
    if (tenure == null || table.get(held.batch.cid()) != held) {
      return;
    }
    IndexBits here = held.has();
    here.retainAll(share.tasks);
    IndexBits begin = new IndexBits();
    IndexBits end = new IndexBits();
    here.forEach(
        index -> {
          if (held.epoch(index) != share.epoch) {
            return; // it was given here anew since
          }
          if (!may.contains(index)) {
            end.add(index);
          } else if (untilNanos - nowNanos <= 0) {
            tenancy.fresh.computeIfAbsent(held, it -> new IndexBits()).add(index);
          } else if (tenure.grant(index, share.epoch, untilNanos)) {
            begin.add(index);
          }
        });
    lookBy(tenure.firstEndNanos(untilNanos));
    if (!begin.isEmpty()) {
      line.add(nowNanos, held, begin.toSet());
    }
    if (!end.isEmpty()) {
      ends.end(held, end, "its submitter does not want it from here any more");
    }
  }

  // Time.

  private void lookBy(long nanos) {
    lookNanos = !looks || nanos - lookNanos < 0 ? nanos : lookNanos;
    looks = true;
  }

  /** Gives up what may not run any more. Before anything else of a turn, so that nothing slips. */
  void due(long nowNanos) {
    if (!looks || lookNanos - nowNanos > 0) {
      return;
    }
    looks = false;
    for (Tenancy tenancy : bySubmitter.values()) {
      tenancy.held.removeIf(held -> table.get(held.batch.cid()) != held);
      for (Held held : tenancy.held) {
        Tenure tenure = held.tenure;
        if (tenure == null) {
          continue;
        }
        IndexBits ended = tenure.ended(nowNanos);
        if (!ended.isEmpty()) {
          tenure.end(ended);
          ends.end(held, ended, "its lease has ended");
        }
        long never = nowNanos + leaseNanos;
        lookBy(tenure.firstEndNanos(never));
      }
    }
    bySubmitter.values().removeIf(it -> it.held.isEmpty() && !it.connected);
  }

  long nextDeadlineNanos(long never) {
    long next = looks && lookNanos - never < 0 ? lookNanos : never;
    for (Tenancy tenancy : bySubmitter.values()) {
      if (tenancy.connected && tenancy.renewNanos - next < 0) {
        next = tenancy.renewNanos;
      }
    }
    return next;
  }
}
