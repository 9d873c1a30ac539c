package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.story.TaskEvent;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.story.TaskInfo;
import io.minga.node.story.TaskState;
import io.minga.node.story.TaskStory;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskRef;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What peers tell of their tasks, over virtual time. */
final class StoriesTest {
  private static final long MILLION = 1_000_000;

  private final Village village = new Village(11);

  private long millis() {
    return 1_700_000_000_000L + village.nowNanos / MILLION;
  }

  private List<TaskInfo> tasks(House house, TaskState... states) {
    return tasks(house, Integer.MAX_VALUE, states);
  }

  private List<TaskInfo> tasks(House house, int max, TaskState... states) {
    Set<TaskState> wanted =
        states.length == 0 ? EnumSet.allOf(TaskState.class) : EnumSet.copyOf(List.of(states));
    return house.core.book().tasks(village.nowNanos, millis(), wanted, max);
  }

  private TaskStory explain(House house, TaskRef task) {
    return house.core.book().explain(village.nowNanos, millis(), task).orElseThrow();
  }

  private static List<What> whats(TaskStory story) {
    return story.events().stream().map(TaskEvent::what).toList();
  }

  private static TaskEvent first(TaskStory story, What what) {
    return story.events().stream().filter(it -> it.what() == what).findFirst().orElseThrow();
  }

  @Test
  void taskThatRunsElsewhere_isToldByBoth() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 1, 50_000, false);
    village.pass(20);

    TaskInfo handed = tasks(submitter).get(0);
    assertThat(handed.state()).isEqualTo(TaskState.HANDED_OUT);
    assertThat(handed.where()).isEqualTo(one.peer);
    assertThat(handed.attempts()).isEqualTo(1);
    assertThat(handed.submitter()).isEqualTo(submitter.peer);
    assertThat(handed.ended()).isNull();
    TaskInfo running = tasks(one).get(0);
    assertThat(running.state()).isEqualTo(TaskState.RUNNING);
    assertThat(running.cid()).isEqualTo(handed.cid()).isNotNull();
    assertThat(running.submitter()).isEqualTo(submitter.peer);

    assertThat(village.passUntilDone(calls, 10_000)).isTrue();
    village.pass(100);
    TaskStory story = explain(submitter, handed.ref());
    assertThat(whats(story))
        .containsExactly(What.CAME_IN, What.HANDED_OUT, What.TAKEN, What.RESULT);
    assertThat(story.task().state()).isEqualTo(TaskState.DONE);
    assertThat(story.task().where()).isEqualTo(one.peer);
    assertThat(story.task().attempts()).isEqualTo(1);
    assertThat(story.events()).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
    assertThat(first(story, What.HANDED_OUT).why()).isEqualTo("nobody else can run it now");
    assertThat(first(story, What.RESULT).why()).matches("it ran for \\d+\\.\\d ms");
    TaskStory there = explain(one, handed.ref());
    assertThat(whats(there)).containsExactly(What.RECEIVED, What.RAN);
    assertThat(there.task().state()).isEqualTo(TaskState.DONE);
    assertThat(first(there, What.RECEIVED).peer()).isEqualTo(submitter.peer);
  }

  @Test
  void failedAttempts_areTold_withWhatAndWhenTheNextIs() {
    House submitter = village.add(1, 1, Village.FLAKY);
    List<Call> calls = submitter.submit(Village.FLAKY, 200, 10, true);
    assertThat(village.passUntilDone(calls, 60_000)).isTrue();

    TaskInfo third =
        tasks(submitter, TaskState.DONE).stream()
            .filter(it -> it.attempts() == 3)
            .findFirst()
            .orElseThrow();
    TaskStory story = explain(submitter, third.ref());
    assertThat(whats(story))
        .containsExactly(
            What.CAME_IN,
            What.HANDED_OUT,
            What.ATTEMPT_FAILED,
            What.HANDED_OUT,
            What.ATTEMPT_FAILED,
            What.HANDED_OUT,
            What.RAN);
    assertThat(first(story, What.ATTEMPT_FAILED).why())
        .startsWith("HANDLER: Flaky: again, please; tried again in ");
    assertThat(story.events().get(5).attempt()).isEqualTo(3);

    TaskInfo failed = tasks(submitter, TaskState.FAILED).get(0);
    assertThat(failed.attempts()).isEqualTo(3);
    TaskStory sad = explain(submitter, failed.ref());
    assertThat(whats(sad)).endsWith(What.HANDED_OUT, What.FAILED);
    assertThat(first(sad, What.FAILED).why()).isEqualTo("HANDLER: Flaky: again, please");
  }

  @Test
  void peerThatDies_isToldOf_andWhoGotItsTasks() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    House two = village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 100, 50_000, true);
    village.pass(100);
    TaskInfo lost =
        tasks(submitter, TaskState.HANDED_OUT).stream()
            .filter(it -> one.peer.equals(it.where()))
            .findFirst()
            .orElseThrow();
    village.kill(one);
    assertThat(village.passUntilDone(calls, 60_000)).isTrue();

    TaskStory story = explain(submitter, lost.ref());
    assertThat(whats(story)).contains(What.PEER_LOST);
    assertThat(first(story, What.PEER_LOST).peer()).isEqualTo(one.peer);
    assertThat(story.task().where()).isEqualTo(two.peer);
    assertThat(story.task().attempts()).isGreaterThan(1);
  }

  @Test
  void peerThatLeaves_isToldOf() {
    House submitter = village.add(0, 1);
    House slow = village.add(1, 10, Village.WORK);
    village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 110, 100_000, true);
    village.pass(2_000);
    slow.input(new Input.Leave());
    assertThat(village.passUntilDone(calls, 100_000)).isTrue();

    List<TaskStory> stories =
        tasks(submitter).stream().map(it -> explain(submitter, it.ref())).toList();
    TaskStory refused =
        stories.stream().filter(it -> whats(it).contains(What.REFUSED)).findFirst().orElseThrow();
    assertThat(first(refused, What.REFUSED).why()).isEqualTo("it is leaving");
    assertThat(first(refused, What.REFUSED).peer()).isEqualTo(slow.peer);
    assertThat(tasks(slow, TaskState.GONE)).isNotEmpty();
  }

  @Test
  void taskThatGoesToAPeerThatRanDry_saysSo() {
    House submitter = village.add(0, 1);
    village.add(1, 10, Village.WORK);
    village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 110, 100_000, true);
    assertThat(village.passUntilDone(calls, 100_000)).isTrue();

    assertThat(tasks(submitter))
        .hasSize(110)
        .anySatisfy(
            it ->
                assertThat(whats(explain(submitter, it.ref())))
                    .containsAnyOf(What.CALLED_BACK, What.MOVED));
  }

  @Test
  void parkedTask_isParked_withBoth() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    village.meet(500);
    submitter.submit(Village.WORK, 1, 1_000_000, false);
    village.pass(50);
    one.input(new Input.Parked(1, IndexSet.of(0)));
    village.pass(50);

    TaskInfo parked = tasks(submitter).get(0);
    assertThat(parked.state()).isEqualTo(TaskState.PARKED);
    assertThat(tasks(one).get(0).state()).isEqualTo(TaskState.PARKED);
    assertThat(first(explain(submitter, parked.ref()), What.PARKED).peer()).isEqualTo(one.peer);
    assertThat(whats(explain(one, parked.ref()))).containsExactly(What.RECEIVED, What.PARKED);
  }

  @Test
  void taskCancelledByItsName_endsItsCall_andIsDroppedWhereItRan() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 2, 1_000_000, true);
    village.pass(50);
    TaskInfo running =
        tasks(submitter).stream()
            .filter(it -> it.ref().equals(tasks(one, TaskState.RUNNING).get(0).ref()))
            .findFirst()
            .orElseThrow();

    submitter.input(new Input.CancelTask(running.ref()));
    village.pass(50);

    assertThat(calls.stream().filter(it -> it.outcomes.isEmpty())).hasSize(1);
    TaskStory story = explain(submitter, running.ref());
    assertThat(story.task().state()).isEqualTo(TaskState.CANCELLED);
    assertThat(first(story, What.CANCELLED).why())
        .isEqualTo("CANCELLED: it was cancelled by its CID");
    assertThat(one.slots.interrupted).hasSize(1);
    assertThat(whats(explain(one, running.ref()))).containsExactly(What.RECEIVED, What.DROPPED);
    assertThat(tasks(one, TaskState.GONE)).hasSize(1);

    submitter.input(new Input.CancelAll());
    assertThat(calls).allMatch(it -> it.outcomes.size() == 1);
    assertThat(tasks(submitter, TaskState.CANCELLED)).hasSize(2);
  }

  @Test
  void taskThatWaits_andOneWhoseTimeIsOver() {
    House submitter = village.add(0, 1);
    Submission submission =
        new Submission(
            this, Village.WORK, Policy.DEFAULT, false, 1_000, 1, false, List.of(Village.input(1)));
    Call call = submitter.awaits(submission).get(0);
    submitter.input(new Input.Submit(submission));
    village.pass(500);

    TaskInfo waiting = tasks(submitter).get(0);
    assertThat(waiting.state()).isEqualTo(TaskState.WAITING);
    assertThat(waiting.where()).isNull();
    assertThat(submitter.core.book().task(submission, 0)).isEqualTo(Optional.of(waiting.ref()));
    village.pass(10_000);

    TaskStory story = explain(submitter, waiting.ref());
    assertThat(call.outcomes).hasSize(1);
    assertThat(whats(story)).containsExactly(What.CAME_IN, What.FAILED);
    assertThat(first(story, What.FAILED).why()).startsWith("EXPIRED");
  }

  @Test
  void lists_areInOrder_andNoLongerThanAsked() {
    House submitter = village.add(1, 1, Village.WORK, Village.FLAKY);
    village.passUntilDone(submitter.submit(Village.WORK, 5, 10, true), 1_000);
    village.pass(100);
    submitter.submit(Village.FLAKY, 20, 1_000_000, true);
    village.pass(10);

    List<TaskInfo> all = tasks(submitter);
    assertThat(all).hasSize(25);
    assertThat(all.subList(0, 20)).allMatch(it -> it.state().isOpen());
    assertThat(all.subList(20, 25)).allMatch(it -> it.state() == TaskState.DONE);
    assertThat(tasks(submitter, 7)).isEqualTo(all.subList(0, 7));
    assertThat(tasks(submitter, TaskState.RUNNING)).hasSize(1);
    assertThat(
            tasks(submitter, TaskState.QUEUED).size() + tasks(submitter, TaskState.WAITING).size())
        .isEqualTo(19);
  }

  private House withStoriesOf(long bytes, int slots, FunctionName... functions) {
    NodeOptions base = NodeOptions.of("lab", slots);
    NodeOptions.Limits limits = base.limits();
    return village.add(
        slots,
        1,
        new NodeOptions(
            base.network(),
            base.slots(),
            base.tags(),
            base.cores(),
            base.memoryMib(),
            base.version(),
            base.tasks(),
            base.schedule(),
            base.claims(),
            new NodeOptions.Limits(
                limits.ownTasksMax(),
                limits.heldTasksMax(),
                limits.heldBytesMax(),
                limits.heldBatchesMax(),
                limits.pushesMax(),
                limits.pushedBytesMax(),
                limits.peersMax(),
                limits.announcedMax(),
                limits.memoBytesMax(),
                bytes,
                limits.waysMin()),
            base.times()),
        functions);
  }

  @Test
  void storiesOfAFlood_takeNoMoreThanTheyMay_andTasksAreListedNevertheless() {
    long most = 64 << 10;
    House submitter = withStoriesOf(most, 0);
    House one = withStoriesOf(most, 4, Village.FLAKY);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.FLAKY, 20_000, 5_000, true);
    for (int i = 0; i < 100; i++) {
      village.pass(20);
      assertThat(submitter.core.book().bytes()).isBetween(1L, most);
      assertThat(one.core.book().bytes()).isLessThanOrEqualTo(most);
    }

    List<TaskInfo> open =
        tasks(submitter, TaskState.WAITING, TaskState.HANDED_OUT, TaskState.PARKED);
    assertThat(open.size())
        .isEqualTo((int) calls.stream().filter(it -> it.outcomes.isEmpty()).count());
    for (TaskInfo each : open.subList(open.size() - 300, open.size())) {
      assertThat(explain(submitter, each.ref()).task()).isEqualTo(each);
    }
    assertThat(village.passUntilDone(calls, 600_000)).isTrue();
    village.pass(1_000);
    assertThat(submitter.core.book().bytes()).isLessThanOrEqualTo(most);
  }

  @Test
  void storyWithTooManyEvents_forgetsThoseInBetween() {
    House submitter = withStoriesOf(8 << 10, 1, Village.FLAKY);
    submitter.submit(Village.FLAKY, 256, 30_000, true);
    village.pass(5_000);

    List<TaskStory> stories =
        tasks(submitter).stream().map(it -> explain(submitter, it.ref())).toList();
    assertThat(stories)
        .isNotEmpty()
        .anySatisfy(
            it ->
                assertThat(first(it, What.FORGOTTEN).why())
                    .endsWith("events of its batch are forgotten"));
  }

  @Test
  void taskThatFailed_isRemembered_howeverManyQuickOnesFollow() {
    House submitter = withStoriesOf(256 << 10, 2, Village.FLAKY, Village.WORK);
    List<Call> flaky = submitter.submit(Village.FLAKY, 60, 10, true);
    assertThat(village.passUntilDone(flaky, 60_000)).isTrue();
    TaskRef failed = tasks(submitter, TaskState.FAILED).get(0).ref();

    for (int i = 0; i < 20; i++) {
      village.passUntilDone(submitter.submit(Village.WORK, 5_000, 5, true), 60_000);
    }

    assertThat(whats(explain(submitter, failed))).contains(What.ATTEMPT_FAILED, What.FAILED);
    assertThat(tasks(submitter, TaskState.DONE).size()).isBetween(1_000, 90_000);
  }

  @Test
  void taskOfNobody_isNotKnown() {
    House submitter = village.add(1, 1, Village.WORK);
    PeerId nobody = village.add(0, 1).peer;
    village.passUntilDone(submitter.submit(Village.WORK, 1, 10, true), 1_000);
    TaskInfo task = tasks(submitter).get(0);

    @Nullable PeerId where = task.where();
    assertThat(where).isEqualTo(submitter.peer).isNotEqualTo(nobody);
    assertThat(
            submitter
                .core
                .book()
                .explain(village.nowNanos, millis(), new TaskRef(task.ref().batch(), 200)))
        .isEmpty();
  }
}
