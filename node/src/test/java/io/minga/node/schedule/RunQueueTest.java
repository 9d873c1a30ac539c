package io.minga.node.schedule;

import static io.minga.node.schedule.Peers.KIND;
import static io.minga.node.schedule.Peers.SECOND;
import static io.minga.node.schedule.Peers.WORK;
import static io.minga.node.schedule.Peers.batch;
import static io.minga.node.schedule.Peers.peer;
import static io.minga.node.schedule.Peers.queue;
import static io.minga.node.schedule.Peers.ticket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.minga.crdt.claims.IndexSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RunQueueTest {
  private static final IndexSet ONE = IndexSet.of(0);
  private static final Kind WIDE = new Kind(WORK, Kind.ANY_SIZE, new Need(4, 0, List.of()));

  private final RunQueue queue = queue(4, SECOND);

  static List<Long> seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? List.of(seed) : new Random(7).longs(200).boxed().toList();
  }

  private static Queued queued(RunQueue queue) {
    Queued run = queue.pop(0, 4, 1024);
    assertThat(run).isNotNull();
    return Objects.requireNonNull(run);
  }

  @Test
  void higherPriority_goesFirst_thenAge() {
    queue.add(batch(1), ONE, ticket(KIND, 5, 30));
    queue.add(batch(2), ONE, ticket(KIND, 5, 10));
    queue.add(batch(3), ONE, ticket(KIND, 6, 99));

    assertThat(List.of(queued(queue).batch(), queued(queue).batch(), queued(queue).batch()))
        .containsExactly(batch(3), batch(2), batch(1));
    assertThat(queue.pop(0, 4, 1024)).isNull();
  }

  @Test
  void tenants_takeTurns_howeverMuchEachHas() {
    for (int i = 0; i < 100; i++) {
      queue.add(batch(i), ONE, new Ticket(KIND, new Tenant(peer(1), "a"), 5, i, 0, 0));
    }
    for (int i = 100; i < 110; i++) {
      queue.add(batch(i), ONE, new Ticket(KIND, new Tenant(peer(2), "a"), 5, i, 0, 0));
    }

    int second = 0;
    for (int i = 0; i < 20; i++) {
      second += queued(queue).ticket().tenant().submitter().equals(peer(2)) ? 1 : 0;
    }

    assertThat(second).isEqualTo(10);
  }

  @Test
  void whoComesToAnEmptyLine_hasNobodyWaitForWhatOthersHadBefore() {
    for (int i = 0; i < 20; i++) {
      queue.add(batch(i), ONE, new Ticket(KIND, new Tenant(peer(1), ""), 5, i, 0, 0));
    }
    for (int i = 0; i < 20; i++) {
      queued(queue);
    }
    for (int i = 20; i < 30; i++) {
      queue.add(batch(i), ONE, new Ticket(KIND, new Tenant(peer(1), ""), 5, i, 0, 0));
    }
    queue.add(batch(30), ONE, new Ticket(KIND, new Tenant(peer(2), ""), 5, 30, 0, 0));

    assertThat(List.of(queued(queue).batch(), queued(queue).batch())).contains(batch(30));
  }

  @Test
  void shortTasks_runInGroups_ofAMillisecond() {
    RunQueue fast = queue(2, 100_000);
    fast.add(batch(1), IndexSet.range(0, 200), ticket(KIND, 5, 0));

    Queued run = queued(fast);

    assertThat(run.indexes()).isEqualTo(IndexSet.range(0, 10));
    assertThat(fast.size()).isEqualTo(190);
  }

  @Test
  void lastShortTasks_areSharedAmongTheSlots() {
    RunQueue fast = queue(4, 1_000);
    fast.add(batch(1), IndexSet.range(0, 8), ticket(KIND, 5, 0));

    assertThat(queued(fast).indexes().size()).isEqualTo(2);
  }

  @Test
  void tasksThatNeedMore_areOvertaken_untilPatienceEnds() {
    queue.add(batch(1), ONE, ticket(WIDE, 5, 0));
    queue.add(batch(2), IndexSet.range(0, 9), ticket(KIND, 5, 1));

    assertThat(queue.pop(0, 3, 1024)).isNotNull();
    assertThat(queue.pop(SECOND, 3, 1024)).isNotNull();
    assertThat(queue.pop(6 * SECOND, 3, 1024)).isNull();
    Queued wide = queue.pop(6 * SECOND, 4, 1024);
    assertThat(wide).isNotNull().extracting(Queued::batch).isEqualTo(batch(1));
    assertThat(queue.pop(6 * SECOND, 1, 1024)).isNotNull();
  }

  @Test
  void whatNeverFits_orIsThere_isNotTaken() {
    Kind vast = new Kind(WORK, Kind.ANY_SIZE, new Need(5, 0, List.of()));

    assertThat(queue.add(batch(1), ONE, ticket(vast, 5, 0))).isEqualTo(IndexSet.EMPTY);
    assertThat(queue.add(batch(1), IndexSet.range(0, 4), ticket(KIND, 5, 0)).size()).isEqualTo(4);
    assertThat(queue.add(batch(1), IndexSet.range(2, 6), ticket(KIND, 5, 0)))
        .isEqualTo(IndexSet.range(4, 6));
  }

  @Test
  void delayedTask_countsAsHeld_andRunsWhenDue() {
    queue.addLater(batch(1), ONE, ticket(KIND, 5, 0), 7 * SECOND);

    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.workNanos()).isEqualTo(SECOND);
    assertThat(queue.nextDeadlineNanos()).isEqualTo(7 * SECOND);
    assertThat(queue.pop(7 * SECOND - 1, 4, 1024)).isNull();
    assertThat(queue.pop(7 * SECOND, 4, 1024)).isNotNull();
    assertThat(queue.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void newest_leaveFirst_unlessTheyHaveMovedTooOften() {
    queue.add(batch(1), IndexSet.range(0, 4), ticket(KIND, 5, 10));
    queue.add(batch(2), IndexSet.range(0, 4), ticket(KIND, 5, 20));
    queue.add(batch(3), IndexSet.range(0, 4), ticket(KIND, 5, 30, 5));

    List<Queued> taken = queue.takeNewest(KIND, 6, 9, batch -> true);

    assertThat(taken)
        .extracting(Queued::batch, Queued::indexes)
        .containsExactly(
            tuple(batch(2), IndexSet.range(0, 4)), tuple(batch(1), IndexSet.range(2, 4)));
    assertThat(queue.size()).isEqualTo(6);
  }

  /** Whatever is done, the queue holds what a plain map of sets would, and gives it in order. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anyHistory_agreesWithAPlainModel(long seed) {
    Random random = new Random(seed);
    long[] mean = {SECOND};
    RunQueue tested = new RunQueue(ScheduleOptions.DEFAULT, (kind, hint) -> mean[0], 3, 4, 1024);
    Map<Integer, Set<Integer>> model = new LinkedHashMap<>();
    Kind[] kinds = {KIND, WIDE};
    for (int step = 0; step < 400; step++) {
      int number = random.nextInt(12);
      Set<Integer> held = model.computeIfAbsent(number, it -> new TreeSet<>());
      int from = random.nextInt(250);
      IndexSet some = IndexSet.range(from, from + 1 + random.nextInt(6));
      Ticket ticket =
          new Ticket(
              kinds[random.nextInt(2)],
              new Tenant(peer(random.nextInt(3)), ""),
              random.nextInt(10),
              random.nextInt(50),
              random.nextInt(6),
              0);
      mean[0] = random.nextBoolean() ? SECOND : 50_000;
      switch (random.nextInt(6)) {
        case 0 -> enter(held, some, tested.add(batch(number), some, ticket));
        case 1 -> enter(held, some, tested.addLater(batch(number), some, ticket, step + 20));
        case 2 -> tested.remove(batch(number), some).forEach(each -> leave(model, each));
        case 3 ->
            tested
                .takeNewest(ticket.kind(), 4, 9, batch -> true)
                .forEach(each -> leave(model, each));
        default -> {
          Queued run = tested.pop(step, 4, 1024);
          if (run != null) {
            leave(model, run);
          }
        }
      }
      assertThat(tested.size())
          .describedAs("seed %d, step %d", seed, step)
          .isEqualTo(model.values().stream().mapToInt(Set::size).sum());
      assertThat(tested.indexes(batch(number)).size())
          .describedAs("seed %d, step %d", seed, step)
          .isEqualTo(held.size());
    }
    List<Queued> rest = new ArrayList<>();
    for (Queued run = tested.pop(9999, 4, 1024); run != null; run = tested.pop(9999, 4, 1024)) {
      rest.add(run);
    }
    rest.forEach(each -> leave(model, each));
    assertThat(rest.stream().map(each -> -each.ticket().priority()).toList())
        .describedAs("seed %d", seed)
        .isSorted();
    assertThat(model.values()).describedAs("seed %d", seed).allMatch(Set::isEmpty);
    assertThat(tested.size()).isZero();
    assertThat(tested.workNanos()).isZero();
    assertThat(tested.drain()).isEmpty();
  }

  private static void enter(Set<Integer> held, IndexSet wished, IndexSet added) {
    Set<Integer> fresh = new TreeSet<>();
    wished.forEach(
        index -> {
          if (held.add(index)) {
            fresh.add(index);
          }
        });
    assertThat(added.toArray()).containsExactly(fresh.stream().mapToInt(each -> each).toArray());
  }

  private static void leave(Map<Integer, Set<Integer>> model, Queued gone) {
    for (Map.Entry<Integer, Set<Integer>> each : model.entrySet()) {
      if (batch(each.getKey()).equals(gone.batch())) {
        gone.indexes().forEach(index -> assertThat(each.getValue().remove(index)).isTrue());
      }
    }
  }
}
