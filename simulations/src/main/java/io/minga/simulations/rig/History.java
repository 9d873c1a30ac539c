package io.minga.simulations.rig;

import io.minga.simulations.rig.Judgement.Broken;
import io.minga.simulations.rig.Judgement.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges what was seen of peers from outside, without knowing how they work: what they took is not
 * lost, each task has at most one outcome ever, results are right and were computed, and exclusive
 * tasks are run by one at a time.
 *
 * <p>A request is taken, refused, or unknown, when its peer died before it said; of an unknown one
 * either may be true, but what is told of it must be right all the same.
 */
public final class History {
  /** What a process that goes on may take to notice that a lease of its own has ended. */
  private static final long NOTICE_NANOS = 1_500_000_000;

  private final Map<Integer, Request> requests = new TreeMap<>();
  private final Map<Long, List<Observation.Ran>> runs = new TreeMap<>();
  private final List<Observation.Stood> stood = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private final Rules rules;

  /**
   * What a fault excuses.
   *
   * @param mayFail whether tasks may fail
   * @param maySayLost whether a peer may have lost something, if it says so
   */
  public record Rules(boolean mayFail, boolean maySayLost) {
    /** Nothing is excused. */
    public static final Rules STRICT = new Rules(false, false);
  }

  private enum Answer {
    NONE,
    TAKEN,
    REFUSED,
    UNKNOWN
  }

  private static final class Request {
    final Observation.Asked asked;
    final Map<Integer, String> outcomes = new TreeMap<>();
    Answer answer = Answer.NONE;
    long failed;
    Observation.@Nullable Gone gone;

    Request(Observation.Asked asked) {
      this.asked = asked;
    }

    boolean mustEnd() {
      return answer == Answer.TAKEN || (!asked.isDurable() && answer == Answer.NONE);
    }
  }

  private History(Rules rules) {
    this.rules = rules;
  }

  /**
   * Judges it.
   *
   * @param seen each request's asking before what was answered, else in any order
   */
  public static Judgement judge(List<Observation> seen, Rules rules) {
    History history = new History(rules);
    seen.forEach(history::see);
    return history.judge();
  }

  private void see(Observation seen) {
    if (seen instanceof Observation.Asked it) {
      requests.put(it.request(), new Request(it));
    } else if (seen instanceof Observation.Acknowledged it) {
      request(it.request()).answer = Answer.TAKEN;
    } else if (seen instanceof Observation.Refused it) {
      request(it.request()).answer = Answer.REFUSED;
    } else if (seen instanceof Observation.Vanished it) {
      request(it.request()).answer = Answer.UNKNOWN;
    } else if (seen instanceof Observation.Gone it) {
      request(it.request()).gone = it;
    } else if (seen instanceof Observation.Ran it) {
      runs.computeIfAbsent(it.input(), input -> new ArrayList<>()).add(it);
    } else if (seen instanceof Observation.Stood it) {
      stood.add(it);
    } else if (seen instanceof Observation.Told it) {
      Request request = request(it.request());
      tell(request, it.request(), it.index(), Long.toString(it.value()), false);
    } else if (seen instanceof Observation.ToldFailure it) {
      tell(request(it.request()), it.request(), it.index(), "failure: " + it.why(), true);
    }
  }

  private Request request(int number) {
    Request request = requests.get(number);
    if (request == null) {
      throw new IllegalArgumentException("request %d was never made".formatted(number));
    }
    return request;
  }

  private void tell(Request request, int number, int index, String outcome, boolean isFailure) {
    String before = request.outcomes.putIfAbsent(index, outcome);
    if (before == null) {
      request.failed += isFailure ? 1 : 0;
    } else if (!before.equals(outcome)) {
      broken(
          Broken.CHANGED,
          "task %d/%d was %s, and then %s".formatted(number, index, before, outcome));
    }
  }

  private void broken(Broken broken, String sentence) {
    violations.add(new Violation(broken, sentence));
  }

  private Judgement judge() {
    List<String> unfinished = new ArrayList<>();
    long taken = 0;
    long unknown = 0;
    long refused = 0;
    long ended = 0;
    long failed = 0;
    for (Map.Entry<Integer, Request> each : requests.entrySet()) {
      Request request = each.getValue();
      int tasks = request.asked.inputs().size();
      judgeOutcomes(each.getKey(), request);
      switch (request.answer) {
        case REFUSED -> refused += tasks;
        case UNKNOWN -> unknown += tasks;
        case TAKEN, NONE -> {
          taken += tasks;
          ended += request.outcomes.size();
          failed += request.failed;
        }
      }
      if (request.mustEnd() && request.outcomes.size() < tasks) {
        judgeMissing(each.getKey(), request, unfinished);
      }
      if (request.asked.isExclusive()) {
        request.asked.inputs().forEach(this::judgeAlone);
      }
    }
    long again = runs.values().stream().mapToLong(it -> it.size() - 1).sum();
    return new Judgement(violations, unfinished, taken, unknown, refused, ended, failed, again);
  }

  private void judgeOutcomes(int number, Request request) {
    if (request.answer == Answer.REFUSED && !request.outcomes.isEmpty()) {
      broken(
          Broken.REFUSED,
          "request %d was refused, and has %d outcomes".formatted(number, request.outcomes.size()));
    }
    request.outcomes.forEach(
        (index, outcome) -> {
          long input = request.asked.inputs().get(index);
          if (outcome.startsWith("failure")) {
            if (!rules.mayFail()) {
              broken(Broken.FAILED, "task %d/%d: %s".formatted(number, index, outcome));
            }
          } else if (!outcome.equals(Long.toString(Work.answer(input)))) {
            broken(
                Broken.WRONG,
                "task %d/%d is %s, and should be %d"
                    .formatted(number, index, outcome, Work.answer(input)));
          } else if (runs.getOrDefault(input, List.of()).stream().noneMatch(it -> it.isWhole())) {
            broken(
                Broken.FROM_NOTHING, "nobody ran task %d/%d to its end".formatted(number, index));
          }
        });
  }

  private void judgeMissing(int number, Request request, List<String> unfinished) {
    int missing = request.asked.inputs().size() - request.outcomes.size();
    Observation.Gone gone = request.gone;
    if (gone == null) {
      unfinished.add(
          "%d of %d tasks of request %d have no outcome yet"
              .formatted(missing, request.asked.inputs().size(), number));
    } else if (!rules.maySayLost() || !gone.isSaid()) {
      broken(
          Broken.LOST,
          "%d of %d tasks of request %d, which was acknowledged, are gone%s"
              .formatted(
                  missing,
                  request.asked.inputs().size(),
                  number,
                  gone.isSaid() ? ", as was said" : ", and nobody said so"));
    }
  }

  private void judgeAlone(long input) {
    List<Observation.Ran> of = new ArrayList<>(runs.getOrDefault(input, List.of()));
    of.sort(Comparator.comparingLong(Observation.Ran::beginNanos));
    for (int i = 1; i < of.size(); i++) {
      Observation.Ran before = of.get(i - 1);
      Observation.Ran after = of.get(i);
      // What its process did not live to end, ended with the process: nobody knows when.
      if (before.isWhole()
          && before.endNanos() - after.beginNanos() > 0
          && !isFenced(before, after)) {
        broken(
            Broken.OVERLAP,
            "peers %d and %d ran the exclusive input %d at once"
                .formatted(before.peer(), after.peer(), input));
      }
      if (after.epoch() <= before.epoch()) {
        broken(
            Broken.OVERLAP,
            "peer %d ran the exclusive input %d in epoch %d, after peer %d in epoch %d"
                .formatted(after.peer(), input, after.epoch(), before.peer(), before.epoch()));
      }
    }
  }

  /**
   * Whether one that ran longer than it may stood still when the other began, and went on for no
   * longer than it takes to notice: whatever it does then is refused by its token.
   */
  private boolean isFenced(Observation.Ran before, Observation.Ran after) {
    return before.epoch() < after.epoch()
        && stood.stream()
            .anyMatch(
                it ->
                    it.peer() == before.peer()
                        && it.fromNanos() - after.beginNanos() <= 0
                        && it.toNanos() - after.beginNanos() > 0
                        && before.endNanos() - it.toNanos() <= NOTICE_NANOS);
  }
}
