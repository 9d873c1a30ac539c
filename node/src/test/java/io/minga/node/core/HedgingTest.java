package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.story.TaskEvent;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.story.TaskStory;
import io.minga.node.task.Outcome;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last tasks of a job, of which some are with a peer that has come to a stop. */
final class HedgingTest {
  /** Three peers that know the function, of which one stops in the middle of the job. */
  private static final class Scene {
    final Village village;
    final House submitter;
    final House stopped;
    final List<Call> calls;
    final Set<Cid> before = new LinkedHashSet<>();
    final long copiedBefore;

    Scene(long seed, Policy policy) {
      village = new Village(seed);
      submitter = village.add(0, 1);
      stopped = village.add(2, 1, Village.WORK);
      village.add(2, 1, Village.WORK);
      village.add(2, 1, Village.WORK);
      village.meet(3_000);
      List<Call> first = submitter.submit(Village.WORK, 300, 50_000, true);
      assertThat(village.passUntilDone(first, 60_000)).isTrue();
      village.pass(3_000);
      submitter.core.book().batches().forEach(batch -> before.add(batch.cid()));
      copiedBefore = submitter.core.tasksCopied();
      stopped.slots.slowness = 10_000;
      calls = submitter.submit(Village.WORK, 40, 50_000, true, policy);
    }

    void assertOneOutcomeEach() {
      village.pass(100_000);
      for (Call call : calls) {
        assertThat(call.outcomes).hasSize(1);
        assertThat(call.outcomes.get(0)).isInstanceOf(Outcome.Value.class);
      }
      village.houses.forEach(house -> assertThat(house.misbehaved).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void taskThatRunsForLong_getsACopy_andTheFirstResultCounts(long seed) {
    Scene scene = new Scene(seed, Policy.DEFAULT);
    List<TaskRef> seen = new ArrayList<>();
    scene.village.pass(300);
    scene.submitter.core.book().batches().stream()
        .filter(batch -> !scene.before.contains(batch.cid()))
        .forEach(
            batch -> {
              for (int index = 0; index < batch.size(); index++) {
                seen.add(new TaskRef(batch.cid(), index));
              }
            });

    assertThat(scene.village.passUntilDone(scene.calls, 10_000)).as("seed %d", seed).isTrue();

    assertThat(scene.submitter.core.tasksCopied() - scene.copiedBefore)
        .as("seed %d", seed)
        .isBetween(1L, 12L);
    List<TaskEvent> copies = new ArrayList<>();
    for (TaskRef task : seen) {
      Optional<TaskStory> story =
          scene.submitter.core.book().explain(scene.village.nowNanos, 1_700_000_000_000L, task);
      story.ifPresent(
          it ->
              it.events().stream().filter(each -> each.what() == What.COPIED).forEach(copies::add));
    }
    assertThat(copies).isNotEmpty();
    assertThat(copies).noneMatch(copy -> scene.stopped.peer.equals(copy.peer()));
    scene.assertOneOutcomeEach();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void exclusiveTask_runsOnce(long seed) {
    Policy any = Policy.DEFAULT;
    Policy exclusive =
        new Policy(
            any.priority(),
            any.timeoutMillis(),
            any.attemptsMax(),
            any.requires(),
            any.placement(),
            any.replicas(),
            any.quorum(),
            true,
            any.durable(),
            any.tenant());
    Scene scene = new Scene(seed, exclusive);

    scene.village.passUntilDone(scene.calls, 60_000);

    assertThat(scene.submitter.core.tasksCopied()).isEqualTo(scene.copiedBefore);
  }

  /** The peer that got the copy is gone: the task is still where it was, and is not lost. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void copyThatIsLost_costsNothing(long seed) {
    Scene scene = new Scene(seed, Policy.DEFAULT);
    boolean[] killed = {false};
    scene.village.watcher =
        (house, effect) -> {
          if (scene.submitter.core.tasksCopied() > scene.copiedBefore && !killed[0]) {
            killed[0] = true;
            House other = scene.village.houses.get(2);
            scene.village.at(scene.village.nowNanos + 1, () -> scene.village.kill(other));
          }
        };

    assertThat(scene.village.passUntilDone(scene.calls, 60_000)).as("seed %d", seed).isTrue();

    assertThat(killed[0]).isTrue();
    scene.assertOneOutcomeEach();
  }
}
