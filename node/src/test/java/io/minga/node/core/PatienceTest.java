package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.BatchName;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that would stand in a line of which their submitter can't know. */
final class PatienceTest {
  private static final FunctionName RARE = new FunctionName("rare");
  private static final int RUN_MICROS = 100_000;
  private static final Policy SPREAD =
      new Policy(
          5, 0, 3, Requirements.NONE, Placement.by(Placement.Rule.SPREAD), 1, 1, false, false, "");

  private final Village village = new Village(1);
  private final House one = village.add(0, 1);
  private final House other = village.add(0, 1);
  private final House busy = village.add(1, 1, Village.WORK, RARE);

  /** What the busy one says to {@link #one}, and what that one pushes to anybody. */
  private final List<WorkFrame> said = new ArrayList<>();

  private final List<Pushed> pushes = new ArrayList<>();

  private record Pushed(PeerId to, WorkFrame.Push push) {
    /** All of what was pushed in an epoch is refused, since others have made the line longer. */
    Input.Received refused(int epoch) {
      BatchName name = new BatchName.Ref(push.ref());
      WorkFrame.Refusal why = WorkFrame.Refusal.BUSIER;
      return new Input.Received(
          to, new WorkFrame.Taken(name, IndexSet.EMPTY, push.indexes(), why, 0, epoch));
    }

    boolean isPatient() {
      return push.patienceMicros() == 0;
    }
  }

  @BeforeEach
  void watch() {
    village.lossless = true;
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.Send send) {
            WorkFrame frame = Frames.read(send);
            if (house == busy && send.to().equals(one.peer)) {
              said.add(frame);
            } else if (house == one && frame instanceof WorkFrame.Push push) {
              pushes.add(new Pushed(send.to(), push));
            }
          }
        };
  }

  /** All know each other, and how long a run takes. */
  private void meet() {
    village.meet(3_000);
    village.passUntilDone(one.submit(Village.WORK, 10, RUN_MICROS, true), 20_000);
    village.passUntilDone(other.submit(RARE, 10, RUN_MICROS, true), 20_000);
    village.pass(20_000);
    said.clear();
    pushes.clear();
  }

  private List<WorkFrame.Taken> refusals() {
    List<WorkFrame.Taken> refusals = new ArrayList<>();
    for (WorkFrame frame : said) {
      if (frame instanceof WorkFrame.Taken taken && taken.reason() == WorkFrame.Refusal.BUSIER) {
        refusals.add(taken);
      }
    }
    return refusals;
  }

  /** Somebody else has filled one peer a moment before this one submits, too. */
  private List<Call> submitBesideOther(int count, Policy policy) {
    other.submit(RARE, 20, RUN_MICROS, true);
    village.pass(50);
    return one.submit(Village.WORK, count, RUN_MICROS, true, policy);
  }

  @Test
  void tasksThatWouldStandInALineOfOthers_areRefused_andRunElsewhere() {
    village.add(1, 1, Village.WORK);
    meet();

    List<Call> calls = submitBesideOther(4, Policy.DEFAULT);

    village.assertAllSucceed(calls, 1_000);
    assertThat(refusals()).isNotEmpty();
    int refused = said.indexOf(refusals().get(0));
    assertThat(said.get(refused - 1)).as("how it stands").isInstanceOf(WorkFrame.Hello.class);
    assertThat(calls).allMatch(call -> call.outcomes.size() == 1);
  }

  /** However impatient it is, since it knows what it gave. */
  @Test
  void lineThatOneAloneHasMade_isNoSurprise() {
    meet();
    one.submit(RARE, 20, RUN_MICROS, true);
    village.pass(50);
    WorkFrame.Push known = pushes.get(0).push;

    busy.input(new Input.Received(one.peer, impatient(known, 1_000)));
    assertThat(refusals()).isEmpty();

    other.submit(RARE, 1, RUN_MICROS, true);
    village.pass(50);
    busy.input(new Input.Received(one.peer, impatient(known, 1_001)));
    assertThat(refusals()).hasSize(1);
  }

  /** A push of a batch like another, that stands in line for a microsecond at most. */
  private WorkFrame.Push impatient(WorkFrame.Push like, long number) {
    Batch batch = Objects.requireNonNull(like.batch());
    BatchHeader header = batch.header();
    BatchBuilder builder =
        new BatchBuilder(
            village.limits,
            new BatchHeader(
                header.network(),
                header.submitter(),
                header.lineage(),
                number,
                header.createdAtMillis(),
                header.expiresAtMillis(),
                header.policy()));
    builder.addSalted(RARE, Village.input(RUN_MICROS), number);
    return new WorkFrame.Push(number, builder.build(), IndexSet.of(0), 1, 1);
  }

  @Test
  void whereThereIsNobodyElse_tasksStandInAnyLine() {
    meet();

    village.assertAllSucceed(submitBesideOther(4, Policy.DEFAULT), 20_000);

    assertThat(refusals()).isEmpty();
    assertThat(pushes).isNotEmpty().allMatch(Pushed::isPatient);
  }

  @Test
  void whereTheCallerHasSaidWho_tasksStandInAnyLine() {
    village.add(1, 1, Village.WORK);
    meet();

    village.assertAllSucceed(submitBesideOther(4, SPREAD), 20_000);

    assertThat(refusals()).isEmpty();
    assertThat(pushes).isNotEmpty().allMatch(Pushed::isPatient);
  }

  @Test
  void batchThatIsRefusedThreeTimes_standsInAnyLine() {
    for (int i = 0; i < 8; i++) {
      village.add(1, 1, Village.WORK);
    }
    meet();
    one.submit(Village.WORK, 1, RUN_MICROS, false);

    int refused = 0;
    for (; !pushes.get(refused).isPatient(); refused++) {
      one.input(pushes.get(refused).refused(1));
      assertThat(pushes).as("it goes elsewhere at once").hasSize(refused + 2);
    }

    assertThat(refused).isEqualTo(3);
  }

  /** As when tasks were called back, and pushed to the same peer anew, before it had answered. */
  @Test
  void refusalOfAnotherAttempt_saysNothingOfThisOne() {
    village.add(1, 1, Village.WORK);
    meet();
    one.submit(Village.WORK, 1, RUN_MICROS, false);

    one.input(pushes.get(0).refused(2));

    assertThat(pushes).as("pushed once").hasSize(1);
  }
}
