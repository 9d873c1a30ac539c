package io.minga.gossip.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.minga.gossip.message.Message;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.rpc.Rpc;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the hot path allocates; {@code -Dgossip.rate} prints how long it takes. */
final class RouterAllocationTest {
  private static final int ROUNDS = 20_000;
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private final TestRouter it = new TestRouter().meshOf(1, 7);
  private final Input[] sent = new Input[8];
  private int number;

  @Test
  void message_firstSeenAndForwardedToSix_allocatesABoundedAmount() {
    List<Input> warmUp = messages();
    List<Input> measured = messages();
    warmUp.forEach(this::forward);
    it.heartbeats(6);

    assertThat(bytesPerInput("forwarded to six", measured, this::forward))
        .isLessThanOrEqualTo(1600);
  }

  @Test
  void message_seenBefore_allocatesLittleMoreThanItsId() {
    List<Input> known = messages();
    known.forEach(this::forward);

    known.forEach(input -> it.router.handle(it.nowNanos, input));

    assertThat(bytesPerInput("duplicate", known, input -> it.router.handle(it.nowNanos, input)))
        .isLessThanOrEqualTo(256);
  }

  private List<Input> messages() {
    List<Input> inputs = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      Message message = TestRouter.message(99, number++, 200);
      inputs.add(new Input.Received(TestRouter.peer(1), Rpc.of(message)));
    }
    return inputs;
  }

  private void forward(Input received) {
    long ticket = 0;
    for (Effect effect : it.router.handle(it.nowNanos, received)) {
      ticket = ((Effect.Validate) effect).ticket();
    }
    int sends = 0;
    for (Effect effect :
        it.router.handle(it.nowNanos, new Input.Validated(ticket, Verdict.ACCEPT))) {
      if (effect instanceof Effect.Send send) {
        sent[sends++] = new Input.Sent(send.peer(), send.bytes());
      }
    }
    if (sends != 6 && it.router.count(Counter.WITHHELD) == 0) {
      throw new AssertionError("sent to " + sends + " peers");
    }
    for (int i = 0; i < sends; i++) {
      it.router.handle(it.nowNanos, sent[i]);
    }
  }

  private interface Play {
    void play(Input input);
  }

  private static long bytesPerInput(String what, List<Input> inputs, Play play) {
    long beforeNanos = THREADS.getCurrentThreadCpuTime();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (Input input : inputs) {
      play.play(input);
    }
    long bytes = (THREADS.getCurrentThreadAllocatedBytes() - before) / inputs.size();
    long nanos = (THREADS.getCurrentThreadCpuTime() - beforeNanos) / inputs.size();
    if (Boolean.getBoolean("gossip.rate")) {
      System.out.println(what + ": " + nanos + " ns, " + bytes + " B");
    }
    return bytes;
  }
}
