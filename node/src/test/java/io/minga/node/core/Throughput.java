package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Measures two node cores in one thread: a submitter without slots, and an owner whose slots answer
 * at once. Frames are encoded and decoded; there is no network. Prints tasks a second, for jobs of
 * a million no-ops and for singles with a thousand in flight. Run as a program.
 */
final class Throughput {
  private static final FunctionName NOOP = new FunctionName("bench.noop");
  private static final Outcome NOTHING = new Outcome.Value(Payload.of(Bytes.EMPTY));
  private static final long BEGUN = System.nanoTime();

  private final NodeCore submitter = core(1, 0);
  private final NodeCore owner = core(2, 2);
  private final Deque<Effect> fromSubmitter = new ArrayDeque<>();
  private final Deque<Effect> fromOwner = new ArrayDeque<>();
  private long completed;
  private long bytes;
  private long frames;

  private static PeerId peer(int number) {
    byte[] multihash = new byte[34];
    multihash[0] = 0x12;
    multihash[1] = 0x20;
    multihash[2] = (byte) number;
    try {
      return PeerId.decode(Bytes.copyOf(multihash));
    } catch (WireException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  private static NodeCore core(int number, int slots) {
    return new NodeCore(
        peer(number),
        NodeOptions.of("lab", slots),
        new SplittableRandom(number),
        System::currentTimeMillis);
  }

  /** What this thread has used of a processor, which others on the machine don't change. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long now() {
    return System.nanoTime() - BEGUN;
  }

  private void turn() throws WireException {
    fromSubmitter.addAll(submitter.endTurn(now()));
    for (Effect effect = fromSubmitter.poll(); effect != null; effect = fromSubmitter.poll()) {
      if (effect instanceof Effect.Complete) {
        completed++;
      } else if (effect instanceof Effect.Send send) {
        count(send);
        owner.handle(
            now(),
            new Input.Received(peer(1), WorkFrame.decode(TaskLimits.defaults(), send.frame())));
      }
    }
    for (int i = 0; i < 4; i++) {
      fromOwner.addAll(owner.endTurn(now()));
      for (Effect effect = fromOwner.poll(); effect != null; effect = fromOwner.poll()) {
        if (effect instanceof Effect.Run run) {
          run(run);
        } else if (effect instanceof Effect.Send send) {
          count(send);
          submitter.handle(
              now(),
              new Input.Received(peer(2), WorkFrame.decode(TaskLimits.defaults(), send.frame())));
        } else if (effect instanceof Effect.Report report) {
          submitter.handle(now(), new Input.Loaded(peer(2), report.report()));
        }
      }
    }
  }

  private void count(Effect.Send send) {
    bytes += send.frame().length();
    frames++;
  }

  private void run(Effect.Run run) {
    List<Input.Ended> ended = new ArrayList<>(run.indexes().size());
    run.indexes().forEach(index -> ended.add(new Input.Ended(index, NOTHING, 0)));
    owner.handle(now(), new Input.Ran(run.run(), ended));
  }

  private Submission submission(List<Payload> inputs, long jobTasks) {
    return new Submission(this, NOOP, Policy.DEFAULT, false, 3_600_000, jobTasks, false, inputs);
  }

  private void meet() throws WireException {
    owner.handle(now(), new Input.Offer(List.of(NOOP)));
    submitter.handle(now(), new Input.Connected(peer(2)));
    owner.handle(now(), new Input.Connected(peer(1)));
    long end = now() + 100_000_000;
    while (now() < end) {
      turn();
    }
  }

  private void job(int tasks) throws WireException {
    Payload input = Payload.of(Bytes.of(1, 2, 3, 4));
    List<Payload> inputs = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      inputs.add(input);
    }
    completed = 0;
    bytes = 0;
    frames = 0;
    long begun = cpuNanos();
    int submitted = 0;
    while (completed < tasks) {
      for (int i = 0; i < 4 && submitted < tasks; i++) {
        int size = Math.min(256, tasks - submitted);
        submitter.handle(now(), new Input.Submit(submission(inputs.subList(0, size), tasks)));
        submitted += size;
      }
      turn();
    }
    print("job of " + tasks, tasks, cpuNanos() - begun);
  }

  private void singles(int tasks, int inFlight) throws WireException {
    Payload input = Payload.of(Bytes.of(1, 2, 3, 4));
    completed = 0;
    bytes = 0;
    frames = 0;
    long begun = cpuNanos();
    int submitted = 0;
    while (completed < tasks) {
      for (; submitted < tasks && submitted - completed < inFlight; submitted++) {
        submitter.handle(now(), new Input.Submit(submission(List.of(input), 1)));
      }
      turn();
    }
    print("singles, " + inFlight + " in flight", tasks, cpuNanos() - begun);
  }

  private void print(String what, int tasks, long nanos) {
    System.out.printf(
        "%s: %,d tasks a second of one core, %.0f ns a task, %.1f B a task, %.1f tasks a frame%n",
        what,
        Math.round(tasks * 1e9 / nanos),
        (double) nanos / tasks,
        (double) bytes / tasks,
        (double) tasks / frames);
  }

  /** Measures for a while. */
  public static void main(String[] args) throws WireException {
    Throughput throughput = new Throughput();
    throughput.meet();
    for (int i = 0; i < 6; i++) {
      throughput.job(1_000_000);
      throughput.singles(300_000, 1_000);
      throughput.singles(100_000, 16);
    }
  }
}
