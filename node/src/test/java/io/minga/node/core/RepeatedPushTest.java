package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A push whose answer is lost, and that is made once more. */
final class RepeatedPushTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void pushThatIsRefusedTheSecondTime_mayHaveBeenTakenTheFirst(long seed) {
    Village village = new Village(seed);
    village.loud = true;
    House submitter = village.add(0, 1);
    House owner = village.add(1, 1, Village.WORK);
    village.meet(3_000);
    List<Call> first = submitter.submit(Village.WORK, 1, 5_000_000, false);
    village.pass(300);
    village.roads.block(owner, submitter); // it takes the next one, and its answer is lost
    List<Call> second = submitter.submit(Village.WORK, 1, 1_000, false);
    village.pass(300);
    assertThat(owner.core.queuedBatches()).as("what it took").isNotEmpty();
    House other = village.add(1, 1, Village.WORK);
    List<Integer> epochs = new ArrayList<>();
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.Send send && send.to().equals(other.peer)) {
            push(send, epochs);
          }
        };

    village.roads.disconnect(submitter, owner);
    owner.input(new Input.Leave());
    village.pass(100);
    village.roads.unblock(owner, submitter);
    village.connectAll();
    assertThat(village.passUntilDone(second, 10_000)).as("seed %d", seed).isTrue();

    assertThat(epochs).as("the owner has had it in epoch 1").isNotEmpty().allMatch(it -> it > 1);
    village.passUntilDone(first, 60_000);
  }

  private static void push(Effect.Send send, List<Integer> epochs) {
    if (Frames.read(send) instanceof WorkFrame.Push push) {
      epochs.add(push.epoch());
    }
  }
}
