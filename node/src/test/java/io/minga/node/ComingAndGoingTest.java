package io.minga.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.Neighbours.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that leave, die or freeze while a job runs cost it nothing but time. */
@Timeout(180)
final class ComingAndGoingTest {
  private static final List<Integer> INPUTS = IntStream.range(0, 2_000).boxed().toList();

  @ParameterizedTest
  @EnumSource(Wire.class)
  void peerThatLeaves_handsOver(Wire wire) throws Exception {
    try (Neighbours neighbours = Neighbours.start(wire, 3, 1)) {
      CountDownLatch busy = new CountDownLatch(1);
      CountDownLatch going = new CountDownLatch(1);
      for (Peer peer : neighbours.peers()) {
        boolean leaver = peer == neighbours.peer(2);
        peer.register(
            "same",
            Integer.class,
            Integer.class,
            it -> {
              if (leaver) {
                busy.countDown();
                going.await();
              } else {
                busy.await();
              }
              return it;
            });
      }
      Job<Integer> job =
          neighbours.peer(0).function("same", Integer.class, Integer.class).map(INPUTS);
      assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();

      Thread leaving = new Thread(neighbours.peer(2)::close);
      leaving.start();
      going.countDown();

      assertEachOnce(job);
      leaving.join();
    }
  }

  @Test
  void peerThatIsKilled_costsOnlyTime() throws Exception {
    try (Neighbours neighbours = Neighbours.start(Wire.TCP, 1, 1);
        Worker worker = Worker.start(neighbours)) {
      Job<Integer> job = sharedJob(neighbours, worker);

      worker.kill();

      assertEachOnce(job);
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process is frozen by a signal")
  void peerThatFreezes_costsOnlyTime() throws Exception {
    try (Neighbours neighbours = Neighbours.start(Wire.TCP, 1, 1);
        Worker worker = Worker.start(neighbours)) {
      Job<Integer> job = sharedJob(neighbours, worker);

      worker.freeze();

      assertEachOnce(job);
    }
  }

  /** A job of which {@code worker} has a part that it will never do. */
  private static Job<Integer> sharedJob(Neighbours neighbours, Worker worker) throws Exception {
    CountDownLatch other = new CountDownLatch(1);
    neighbours
        .peer(0)
        .register(
            "same",
            Integer.class,
            Integer.class,
            it -> {
              other.await(); // so that the other peer gets a part
              return it;
            });
    Job<Integer> job =
        neighbours.peer(0).function("same", Integer.class, Integer.class).map(INPUTS);
    worker.awaitTask();
    other.countDown();
    return job;
  }

  private static void assertEachOnce(Job<Integer> job) {
    List<Long> indexes = new ArrayList<>();
    job.outcomes()
        .forEach(
            outcome -> {
              assertThat(outcome.failure()).isNull();
              assertThat(outcome.value()).isEqualTo((int) outcome.index());
              indexes.add(outcome.index());
            });
    assertThat(indexes).doesNotHaveDuplicates().hasSize(INPUTS.size());
  }

  /** A peer in a process of its own, whose tasks take for ever. */
  private static final class Worker implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private Worker(Process process) {
      this.process = process;
      this.output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Worker start(Neighbours neighbours) throws IOException {
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx256m",
              "-cp",
              System.getProperty("java.class.path"),
              StuckWorker.class.getName(),
              neighbours.network(),
              neighbours.peer(0).addresses().get(0).toString());
      return new Worker(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Waits until it has begun a task. */
    void awaitTask() throws IOException {
      assertThat(output.readLine()).isEqualTo(StuckWorker.BEGUN);
    }

    void kill() {
      process.destroyForcibly().onExit().join();
    }

    void freeze() throws IOException, InterruptedException {
      Process signal = new ProcessBuilder("kill", "-STOP", "" + process.pid()).start();
      assertThat(signal.waitFor()).isZero();
    }

    @Override
    public void close() {
      kill();
    }
  }
}
