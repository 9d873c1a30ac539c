package io.minga.node.core;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The slots of a house, in which tasks take their time and come to their outcomes. */
final class VillageSlots {
  /** What a task takes of its own that does nothing but call others. */
  private static final int FIB_MICROS = 20;

  final int count;

  /** How many times longer tasks take here. */
  double slowness;

  /** Whether whatever runs here fails. */
  boolean broken;

  int busy;

  /** How many tasks have begun. */
  int ran;

  /** When the last run ended. */
  long endNanos;

  final Set<Long> interrupted = new LinkedHashSet<>();

  private final Village village;
  private final House house;

  VillageSlots(Village village, House house, int count, double slowness) {
    this.village = village;
    this.house = house;
    this.count = count;
    this.slowness = slowness;
  }

  /** How long a task with this input takes where none takes longer. */
  static int micros(Payload input) {
    if (input instanceof Payload.Content content) {
      return 1 + (content.cid().multihash().digest().hashCode() & 0x3fff);
    }
    return ((Payload.Inline) input).view().getInt();
  }

  void run(Effect.Run run) {
    busy++;
    if (busy > count) {
      throw new IllegalStateException("more runs than slots");
    }
    ran += run.indexes().size();
    run.indexes().forEach(index -> village.began(run.batch().task(index)));
    if (run.batch().functions().get(0).equals(Village.FIB)) {
      runFib(run);
    } else {
      runPlain(run);
    }
  }

  private void runPlain(Effect.Run run) {
    List<Input.Ended> ended = new ArrayList<>();
    long microsInAll = 0;
    for (int index : run.indexes().toArray()) {
      house.blocks.begins(run.batch().input(index));
      long micros = (long) (micros(run.batch().task(index).input()) * slowness);
      microsInAll += micros;
      ended.add(new Input.Ended(index, outcome(run.batch().function(index)), micros));
    }
    village.at(village.nowNanos + 1000 * microsInAll, () -> ends(run, ended));
  }

  private void ends(Effect.Run run, List<Input.Ended> ended) {
    if (house.alive) {
      busy--;
      ended.forEach(each -> house.blocks.made(each.outcome()));
      endNanos = village.nowNanos;
      house.input(new Input.Ran(run.run(), ended));
    }
  }

  Outcome outcome(FunctionName function) {
    if (broken) {
      return new Outcome.Failure(Outcome.Kind.HANDLER, "Broken", "no such file here", "");
    }
    if (function.equals(Village.FLAKY) && village.random.nextInt(3) == 0) {
      return new Outcome.Failure(Outcome.Kind.HANDLER, "Flaky", "again, please", "");
    }
    if (function.equals(Village.DRAW)) {
      return number(BigInteger.valueOf(village.random.nextLong()));
    }
    if (function.equals(Village.KILLER)) {
      return new Outcome.Failure(Outcome.Kind.WORKER_DIED, "", "it died", "");
    }
    if (function.equals(Village.LARGE)) {
      return new Outcome.Value(VillageBlocks.content(village.random.nextInt(1000), 100_000));
    }
    return new Outcome.Value(Payload.of(Bytes.EMPTY));
  }

  private static Outcome number(BigInteger number) {
    return new Outcome.Value(Payload.of(Bytes.copyOf(number.toByteArray())));
  }

  // Tasks that call others and keep no slot meanwhile.

  private void runFib(Effect.Run run) {
    List<Input.Ended> ended = new ArrayList<>();
    IndexBits parked = new IndexBits();
    for (int index : run.indexes().toArray()) {
      int n = micros(run.batch().task(index).input());
      if (n < 2) {
        ended.add(new Input.Ended(index, number(BigInteger.valueOf(n)), FIB_MICROS));
      } else {
        parked.add(index);
        callTwo(run.run(), index, n);
      }
    }
    village.at(
        village.nowNanos + 1000L * FIB_MICROS * run.indexes().size(),
        () -> {
          busy--;
          if (!parked.isEmpty()) {
            house.input(new Input.Parked(run.run(), parked.toSet()));
          }
          if (!ended.isEmpty()) {
            house.input(new Input.Ran(run.run(), ended));
          }
        });
  }

  private void callTwo(long run, int index, int n) {
    List<Call> two = new ArrayList<>();
    Runnable end = () -> add(run, index, two);
    village.in(0, () -> two.addAll(house.memoized(Village.FIB, List.of(n - 1, n - 2), false, end)));
  }

  private void add(long run, int index, List<Call> two) {
    if (two.stream().mapToInt(call -> call.outcomes.size()).sum() == 2) {
      Outcome sum = number(two.get(0).number().add(two.get(1).number()));
      two.clear(); // both may have ended at the same time
      house.input(new Input.Ran(run, List.of(new Input.Ended(index, sum, FIB_MICROS))));
    }
  }
}
