package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.core.Remembered.Known;
import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import io.minga.node.task.Policy;
import io.minga.node.task.Task;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Equal tasks that are here at once, whoever submitted them: the first one runs, and the others
 * share its outcome. Those whose value is remembered don't run at all.
 *
 * <p>Only memoizable tasks come here, and what is joined is only what stands in line or runs here,
 * never what is elsewhere: so nothing can wait for itself in a circle of peers. A task that runs
 * and whose own submitter goes away runs on while others wait for it; one that hasn't begun leaves
 * its place to the next.
 */
final class Joins {
  private final Remembered remembered;
  private final Map<Cid, Flight> flights = new LinkedHashMap<>();

  /** Outcomes that are known already, to be told once those who took the tasks have said so. */
  private final List<Answer> answers = new ArrayList<>();

  /** A task that stands in line or runs here, and its equals. */
  static final class Flight {
    private final Cid task;
    private final Policy policy;
    private Place first;
    private boolean unwanted;
    private final Set<Place> waiters = new LinkedHashSet<>();

    private Flight(Cid task, Place first) {
      this.task = task;
      this.policy = first.held.policy();
      this.first = first;
    }
  }

  /** A task of a batch. */
  record Place(Held held, int index) {}

  private record Answer(Held held, Input.Ended ended) {}

  /** Of tasks that came in: which have to stand in line, and what the others wait for. */
  record Met(IndexBits toQueue, IndexBits shared, Map<Integer, Cid> tasks) {}

  Joins(Remembered remembered) {
    this.remembered = remembered;
  }

  /**
   * Tells apart which of these tasks, new here, have to stand in line. The rest are {@link
   * Met#shared} and are joined by {@link #queued}.
   */
  Met meet(Batch batch, IndexSet tasks) {
    Met met = new Met(new IndexBits(), new IndexBits(), new LinkedHashMap<>());
    boolean may = Memo.isFor(batch.header().policy());
    Set<Cid> own = new LinkedHashSet<>();
    tasks.forEach(
        index -> {
          Task task = batch.task(index);
          Cid cid = may && task.memoizable() ? task.cid() : null;
          if (cid == null) {
            met.toQueue.add(index);
            return;
          }
          met.tasks.put(index, cid);
          Known known = remembered.get(cid);
          Flight flight = flights.get(cid);
          boolean joins = flight != null && flight.policy.equals(batch.header().policy());
          if ((known != null && known.ranHere()) || joins || !own.add(cid)) {
            met.shared.add(index);
          } else {
            met.toQueue.add(index);
          }
        });
    return met;
  }

  /** What stands in line now of those that had to; returns those that share another's outcome. */
  IndexBits queued(Held held, Met met, IndexBits queued) {
    queued.forEach(
        index -> {
          Cid task = met.tasks.get(index);
          if (task != null && !flights.containsKey(task)) {
            Flight flight = new Flight(task, new Place(held, index));
            flights.put(task, flight);
            held.flight(index, flight);
          }
        });
    IndexBits joined = new IndexBits();
    met.shared.forEach(
        index -> {
          if (join(held, index, met.tasks.get(index))) {
            joined.add(index);
          }
        });
    held.joined.addAll(joined);
    return joined;
  }

  private boolean join(Held held, int index, @Nullable Cid task) {
    if (task == null) {
      return false;
    }
    Known known = remembered.get(task);
    if (known != null && known.ranHere()) {
      answers.add(new Answer(held, new Input.Ended(index, known.value(), known.runMicros())));
      return true;
    }
    Flight flight = flights.get(task);
    if (flight == null) {
      return false; // its equal found no place in line
    }
    flight.waiters.add(new Place(held, index));
    held.flight(index, flight);
    return true;
  }

  /** Tells the outcomes that were known when their tasks came in. */
  void answer(Worker.Ends ends) {
    while (!answers.isEmpty()) {
      List<Answer> now = List.copyOf(answers);
      answers.clear();
      for (Answer answer : now) {
        if (answer.held.joined.remove(answer.ended.index())) {
          ends.ended(answer.held, answer.ended);
        }
      }
    }
  }

  /** A task has ended here, wanted or not: so have its equals. */
  void ended(Held held, Input.Ended ended, Worker.Ends ends) {
    Flight flight = held.flight(ended.index());
    if (flight == null) {
      return;
    }
    flights.remove(flight.task, flight);
    held.flight(ended.index(), null);
    remembered.put(flight.task, ended.outcome(), true, ended.runMicros());
    Outcome outcome = ended.outcome();
    List<Place> waiters = List.copyOf(flight.waiters);
    for (Place waiter : waiters) {
      waiter.held.flight(waiter.index, null);
    }
    for (Place waiter : waiters) { // of whom one's end may be another's
      if (waiter.held.joined.remove(waiter.index)) {
        ends.ended(waiter.held, new Input.Ended(waiter.index, outcome, ended.runMicros()));
      }
    }
  }

  /**
   * A task that runs is not wanted any more.
   *
   * @return whether it runs on, for others
   */
  boolean runsOn(Held held, int index) {
    Flight flight = held.flight(index);
    if (flight == null) {
      return false;
    }
    flight.unwanted = !flight.waiters.isEmpty();
    if (!flight.unwanted) {
      flights.remove(flight.task, flight);
      held.flight(index, null);
    }
    return flight.unwanted;
  }

  /**
   * A task has left its place, in line or at its end, with nothing for its equals.
   *
   * @return its equal that has to stand there now, and waits no more
   */
  @Nullable Place leftLine(Held held, int index) {
    Flight flight = held.flight(index);
    if (flight == null) {
      return null;
    }
    held.flight(index, null);
    Iterator<Place> waiters = flight.waiters.iterator();
    if (!waiters.hasNext()) {
      flights.remove(flight.task, flight);
      return null;
    }
    Place next = waiters.next();
    waiters.remove();
    flight.first = next;
    flight.unwanted = false;
    next.held.joined.remove(next.index);
    return next;
  }

  /** There is no place in line for a task that waited: it fails, and may come again. */
  void fail(Place place) {
    String message = "this peer has no more room for tasks";
    Outcome failure = new Outcome.Failure(Outcome.Kind.LIMIT, "", message, "");
    place.held.joined.add(place.index);
    answers.add(new Answer(place.held, new Input.Ended(place.index, failure, 0)));
  }

  /**
   * A task that waits for its equal is not wanted any more.
   *
   * @return what runs for nobody now, and should be interrupted
   */
  @Nullable Place leftWaiting(Held held, int index) {
    held.joined.remove(index);
    Flight flight = held.flight(index);
    if (flight == null) {
      return null; // its outcome was known
    }
    held.flight(index, null);
    flight.waiters.remove(new Place(held, index));
    if (!flight.unwanted || !flight.waiters.isEmpty()) {
      return null;
    }
    flights.remove(flight.task, flight);
    flight.first.held.flight(flight.first.index, null);
    return flight.first;
  }
}
