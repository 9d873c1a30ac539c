package io.minga.simulations.rig.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.simulations.rig.Finding;
import io.minga.simulations.rig.History;
import io.minga.simulations.rig.Judgement;
import io.minga.simulations.rig.Observation;
import io.minga.simulations.rig.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One fault, tried once: what it does to the peers goes through here, and is written down. */
final class Course {
  private static final long LOOK_NANOS = 50_000_000;
  private static final long KEEP_MILLIS = TimeUnit.HOURS.toMillis(2);
  private static final int NOTES_MAX = 5;

  private final Site site;
  private final long seed;
  private final SplittableRandom random;
  private final long deadlineNanos;
  private final Books books;
  private final List<Taken> taken = new ArrayList<>();
  private final List<Thread> callers = new ArrayList<>();
  private final List<Finding.Figure> figures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private History.Rules rules = History.Rules.STRICT;
  private String refused = "";

  /**
   * A durable request.
   *
   * @param job its name; null if it was not acknowledged
   */
  record Taken(Observation.Asked asked, RigPeer at, @Nullable String job) {
    int tasks() {
      return asked.inputs().size();
    }
  }

  Course(Site site, long seed, long deadlineNanos) {
    this.site = site;
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.deadlineNanos = deadlineNanos;
    this.books = new Books(site.tasks());
  }

  Site site() {
    return site;
  }

  RigPeer peer(int index) {
    return site.peers().get(index);
  }

  SplittableRandom random() {
    return random;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  boolean isInTime() {
    return deadlineNanos - System.nanoTime() > 0;
  }

  /** The cables, for a fault that was told that there are some. */
  Cables cables() {
    return site.place().cables().orElseThrow();
  }

  /** The relay, for a fault that was told that there is one. */
  Relay relay() {
    return site.relay().orElseThrow();
  }

  /** What is excused. */
  void allow(History.Rules rules) {
    this.rules = rules;
  }

  /** Submits durable work; a refusal and a peer that is gone are written down, too. */
  Taken submit(RigPeer at, int tasks, int napMillis) {
    return submit(at, tasks, napMillis, KEEP_MILLIS);
  }

  /** The same, of which the outcomes need not be kept for longer than that. */
  Taken submit(RigPeer at, int tasks, int napMillis, long keepMillis) {
    Observation.Asked asked = books.ask(tasks, napMillis, true, false);
    String job = null;
    try {
      job = at.control().submit(Work.FUNCTION, asked.inputs(), keepMillis);
      books.add(new Observation.Acknowledged(asked.request()));
    } catch (Control.RefusedException e) {
      refused = "a request was refused: " + e.getMessage();
      books.add(new Observation.Refused(asked.request()));
    } catch (IOException e) {
      books.add(new Observation.Vanished(asked.request()));
    }
    Taken request = new Taken(asked, at, job);
    taken.add(request);
    return request;
  }

  /** Writes down what was seen besides. */
  void add(Observation seen) {
    books.add(seen);
  }

  /** Calls, for results that are wanted while the peer lives, on a thread of their own. */
  Thread call(RigPeer at, int tasks, int napMillis) {
    return call(at, books.ask(tasks, napMillis, false, false));
  }

  /** The same, of tasks that one peer at a time may run. */
  Thread callExclusively(RigPeer at, int tasks, int napMillis) {
    return call(at, books.ask(tasks, napMillis, false, true));
  }

  private Thread call(RigPeer at, Observation.Asked asked) {
    Thread thread = new Thread(() -> callAll(at, asked), "rig-caller");
    thread.setDaemon(true);
    thread.start();
    callers.add(thread);
    return thread;
  }

  /** Waits for all callers. */
  void join() throws InterruptedException {
    for (Thread caller : callers) {
      caller.join(Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000));
    }
  }

  /** How long a call takes that has nothing to do. */
  double callSeconds() throws InterruptedException {
    long begun = System.nanoTime();
    call(peer(0), 1, 0).join(Math.max(1, (deadlineNanos - begun) / 1_000_000));
    return since(begun);
  }

  private void callAll(RigPeer at, Observation.Asked asked) {
    try {
      at.control()
          .callAll(
              Work.FUNCTION,
              asked.inputs(),
              asked.isExclusive(),
              0,
              (index, answer) ->
                  books.add(
                      answer.path("answer").asText().equals("value")
                          ? new Observation.Told(
                              asked.request(), index, answer.path("value").asLong())
                          : new Observation.ToldFailure(asked.request(), index, why(answer))));
    } catch (IOException e) {
      books.add(new Observation.Vanished(asked.request()));
    }
  }

  private static String why(JsonNode answer) {
    JsonNode failure = answer.path("failure");
    return failure.isObject()
        ? failure.path("kind").asText() + " " + failure.path("message").asText()
        : answer.path("message").asText();
  }

  /** Waits until so many tasks of a request have ended. */
  boolean awaitEnded(Taken request, int count) throws InterruptedException {
    return await(deadlineNanos, () -> ended(request) >= count);
  }

  /**
   * How many tasks of a request have ended, or were lost and that was said, as its peer says; -1 if
   * it doesn't answer, all of them if it doesn't know the request.
   */
  long ended(Taken request) {
    try {
      JsonNode state = state(request);
      return state.path("ended").asLong() + state.path("lost").asLong();
    } catch (IOException e) {
      return -1;
    } catch (Control.RefusedException e) {
      return request.tasks();
    }
  }

  private static JsonNode state(Taken request) throws IOException, Control.RefusedException {
    return request
        .at()
        .control()
        .askOne("job", fields -> fields.put("job", request.job()).put("whenDone", false));
  }

  /** Waits until all of a request has ended; false if time is up before. */
  boolean awaitDone(Taken request) throws InterruptedException {
    return request.job() != null && awaitEnded(request, request.tasks());
  }

  /** Reads all that has ended of a request now, and never again. */
  void close(Taken request) throws IOException {
    read(request);
    taken.remove(request);
  }

  /** Writes down what is told of a request by now. */
  void read(Taken request) throws IOException {
    String job = request.job();
    if (job == null) {
      return;
    }
    try {
      for (int from = 0; from < request.tasks(); from += 256) {
        int page = from;
        List<JsonNode> ends =
            request
                .at()
                .control()
                .ask("outcomes", fields -> fields.put("job", job).put("from", page));
        ends.forEach(end -> books.add(told(request.asked().request(), end)));
      }
      if (state(request).path("lost").asLong() > 0) {
        books.add(new Observation.Gone(request.asked().request(), true));
      }
    } catch (Control.RefusedException e) {
      note("peer %d says: %s".formatted(request.at().index(), e.getMessage()));
      boolean isSaid = !request.at().troubles().isEmpty();
      books.add(new Observation.Gone(request.asked().request(), isSaid));
    }
  }

  private static Observation told(int request, JsonNode end) {
    int index = end.path("index").asInt();
    return end.path("failure").isObject()
        ? new Observation.ToldFailure(request, index, why(end))
        : new Observation.Told(request, index, end.path("value").asLong());
  }

  /** Kills a peer and has it start again; false if it isn't up in time. */
  boolean restart(RigPeer peer) throws IOException, InterruptedException {
    peer.kill();
    site.start(peer);
    return peer.awaitUp(deadlineNanos);
  }

  /** All runs of tasks by now. */
  List<Observation.Ran> runs() throws IOException {
    List<Observation.Ran> runs = new ArrayList<>();
    for (Observation seen : books.all(site.peers())) {
      if (seen instanceof Observation.Ran ran) {
        runs.add(ran);
      }
    }
    return runs;
  }

  /**
   * How long after a moment the last of the tasks that a peer was running then was begun elsewhere,
   * in seconds; NaN if there was none, or it was not.
   */
  double begunElsewhere(RigPeer victim, long atNanos) throws IOException {
    Map<Long, Long> again = new LinkedHashMap<>();
    List<Observation.Ran> runs = runs();
    for (Observation.Ran ran : runs) {
      if (ran.peer() == victim.index()
          && ran.beginNanos() - atNanos < 0
          && (!ran.isWhole() || ran.endNanos() - atNanos > 0)) {
        again.put(ran.input(), Long.MAX_VALUE);
      }
    }
    for (Observation.Ran ran : runs) {
      if (ran.peer() != victim.index() && ran.beginNanos() - atNanos > 0) {
        again.computeIfPresent(ran.input(), (input, first) -> Math.min(first, ran.beginNanos()));
      }
    }
    return again.values().stream()
        .filter(begun -> begun != Long.MAX_VALUE)
        .mapToDouble(begun -> (begun - atNanos) / 1e9)
        .max()
        .orElse(Double.NaN);
  }

  void figure(String name, double value, String unit, double atMost) {
    figures.add(new Finding.Figure(name, value, unit, atMost));
  }

  void figure(String name, double value, String unit) {
    figure(name, value, unit, Double.NaN);
  }

  void note(String sentence) {
    notes.add(sentence);
  }

  /** Waits for all that was asked for, reads it, and judges. */
  Finding end(String fault, double seconds) throws IOException, InterruptedException {
    join();
    finishAll();
    taken.forEach(this::readIfThere); // and it is still the same
    Judgement judgement = History.judge(books.all(site.peers()), rules);
    List<String> said = new ArrayList<>();
    judgement.violations().stream()
        .sorted(Comparator.comparing(Judgement.Violation::broken))
        .limit(NOTES_MAX)
        .forEach(it -> said.add(it.toString()));
    judgement.unfinished().stream().limit(NOTES_MAX).forEach(said::add);
    said.addAll(notes);
    if (isNothingTaken(judgement)) {
      said.add(refused);
    }
    figures.add(count("tasks", judgement.acknowledged()));
    figures.add(count("run again", judgement.again()));
    if (judgement.refused() + judgement.unknown() > 0) {
      figures.add(count("refused", judgement.refused()));
      figures.add(count("unknown", judgement.unknown()));
    }
    figures.add(new Finding.Figure("lost", lost(judgement), "", 0));
    return new Finding(fault, seed, outcome(judgement), figures, said, seconds);
  }

  /** Waits for all durable work, and writes down what is told of it. */
  void finishAll() throws InterruptedException {
    for (Taken request : taken) {
      awaitDone(request);
      readIfThere(request);
    }
  }

  private void readIfThere(Taken request) {
    try {
      read(request);
    } catch (IOException e) {
      note("peer %d doesn't answer: %s".formatted(request.at().index(), e.getMessage()));
    }
  }

  private static Finding.Figure count(String name, long value) {
    return new Finding.Figure(name, (double) value, "", Double.NaN);
  }

  private static double lost(Judgement judgement) {
    return (double)
        judgement.violations().stream().filter(it -> it.broken() == Judgement.Broken.LOST).count();
  }

  private boolean isNothingTaken(Judgement judgement) {
    return !taken.isEmpty() && judgement.acknowledged() == 0;
  }

  private Finding.Outcome outcome(Judgement judgement) {
    if (!judgement.violations().isEmpty()) {
      return Finding.Outcome.BROKEN;
    }
    if (!judgement.unfinished().isEmpty() || isNothingTaken(judgement)) {
      return Finding.Outcome.UNFINISHED;
    }
    return figures.stream().anyMatch(Finding.Figure::isOver)
        ? Finding.Outcome.OVER
        : Finding.Outcome.HELD;
  }

  /** Looks now and then whether something is so; false if it never was in time. */
  static boolean await(long deadlineNanos, BooleanSupplier isSo) {
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() - deadlineNanos > 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  /** Lets time pass. */
  void pass(double seconds) {
    long until = System.nanoTime() + (long) (seconds * 1e9);
    await(Math.min(until, deadlineNanos), () -> false);
  }

  /** The seconds since a moment. */
  static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
