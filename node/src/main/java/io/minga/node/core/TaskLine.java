package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.schedule.Kind;
import io.minga.node.schedule.Tenant;
import io.minga.node.schedule.Ticket;
import io.minga.node.task.Policy;

/**
 * The tasks that stand in line here for a slot, by function, and those behind them that wait for an
 * equal one in line: when that leaves, the first of its equals stands there in its place.
 */
final class TaskLine {
  private final NodeOptions options;
  private final Backlog backlog;
  private final Joins joins;

  TaskLine(NodeOptions options, Backlog backlog, Joins joins) {
    this.options = options;
    this.backlog = backlog;
    this.joins = joins;
  }

  /** Puts tasks in line, by function; returns those that stand there now. */
  IndexBits add(long nowNanos, Held held, IndexSet tasks, int epoch) {
    IndexBits queued = new IndexBits();
    for (Kind kind : held.kinds) {
      IndexSet its = tasks;
      if (held.kinds.length > 1) {
        IndexBits some = new IndexBits();
        tasks.forEach(
            index -> {
              if (held.kind(index).equals(kind)) {
                some.add(index);
              }
            });
        its = some.toSet();
      }
      if (!its.isEmpty()) {
        Ticket ticket = ticket(nowNanos, held, kind, epoch);
        queued.addAll(backlog.add(nowNanos, held.batch.cid(), its, ticket));
      }
    }
    return queued;
  }

  private Ticket ticket(long nowNanos, Held held, Kind kind, int epoch) {
    Policy policy = held.policy();
    // What others may join stays where they look for it.
    int most = held.batch.hasMemoizable() ? options.schedule().movesMax() : 0;
    // No task moves without its epoch rising, so that says how often it may have.
    int hops = Math.max(most, epoch - 1);
    Tenant tenant = new Tenant(held.submitter, policy.tenant());
    return new Ticket(kind, tenant, policy.priority(), nowNanos, hops, 0);
  }

  /** Takes tasks out that are not to be run; their equals stay. */
  void remove(Held held, IndexBits tasks) {
    backlog.remove(held.batch.cid(), tasks.toSet());
  }

  /** Tasks have left the line: equal ones that waited for them stand there now. */
  void left(Held held, IndexBits tasks) {
    tasks.forEach(
        index -> {
          Joins.Place next = joins.leftLine(held, index);
          while (next != null && !lineUp(next)) {
            joins.fail(next);
            next = joins.leftLine(next.held(), next.index());
          }
          if (next != null) {
            next.held().queued.add(next.index());
          }
        });
  }

  /** Puts a task in line that has waited for another; false if there is no room for it. */
  private boolean lineUp(Joins.Place place) {
    Held held = place.held();
    Kind kind = held.kind(place.index());
    Ticket ticket = ticket(held.sinceNanos, held, kind, held.epoch(place.index()));
    return !backlog.putBack(held.batch.cid(), IndexSet.of(place.index()), ticket).isEmpty();
  }

  /** Another peer has these now: returns those of them that stood here. */
  IndexBits give(Held held, IndexSet indexes) {
    IndexBits given = IndexBits.of(indexes);
    given.retainAll(held.queued);
    held.queued.removeAll(given);
    held.given.addAll(given);
    remove(held, given);
    return given;
  }
}
