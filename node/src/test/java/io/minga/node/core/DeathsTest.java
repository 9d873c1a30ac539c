package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.BatchName;
import io.minga.node.task.Outcome;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskCid;
import io.minga.node.task.WorkFrame;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers that die with a task, of which its submitter hears when it has given it elsewhere. */
final class DeathsTest {
  private static final Cid NOBODYS = TaskCid.ofMessage(Bytes.utf8("nobody's batch"));

  private final Village village = new Village(7);
  private final House submitter = village.add(0, 1);
  private final House owner = village.add(1, 1, Village.WORK);
  private final House other = village.add(0, 1);
  private List<Call> calls = List.of();
  private Cid batch = NOBODYS;
  private int task;

  @BeforeEach
  void giveElsewhere() {
    village.meet(500);
    calls = submitter.submit(Village.WORK, 8, 1_000_000, true);
    village.pass(200);
    batch = owner.core.queuedBatches().get(0);
    task = owner.core.queued(batch).last();
    List<WorkFrame.Share> shares = List.of(new WorkFrame.Share(2, IndexSet.of(task)));
    submitter.input(new Input.Received(other.peer, new WorkFrame.Hold(batch, owner.peer, shares)));
  }

  private void workerDied(House where, int epoch) throws WireException {
    ResultsBuilder builder = new ResultsBuilder(village.limits);
    builder.begin(new BatchName.ByCid(batch), epoch);
    builder.add(task, new Outcome.Failure(Outcome.Kind.WORKER_DIED, "", "it died", ""), 5);
    WorkFrame frame = WorkFrame.decode(village.limits, builder.build());
    submitter.input(new Input.Received(where.peer, frame));
  }

  private List<Outcome> outcomes() {
    return calls.stream().flatMap(call -> call.outcomes.stream()).toList();
  }

  @Test
  void deathWhereATaskWasBefore_countsWithTheNext() throws WireException {
    workerDied(owner, 1);
    assertThat(outcomes()).as("another worker may do better").isEmpty();

    workerDied(other, 2);

    assertThat(outcomes())
        .singleElement()
        .isInstanceOfSatisfying(
            Outcome.Failure.class,
            failure -> assertThat(failure.kind()).isEqualTo(Outcome.Kind.WORKER_DIED));
  }

  @Test
  void secondDeathWhereATaskWasBefore_endsIt() throws WireException {
    workerDied(other, 2);
    village.pass(400);

    workerDied(owner, 1);

    assertThat(outcomes()).singleElement().isInstanceOf(Outcome.Failure.class);
  }

  @Test
  void deathThatIsSaidAgain_countsOnce() throws WireException {
    workerDied(owner, 1);
    workerDied(owner, 1);

    assertThat(outcomes()).isEmpty();
  }
}
