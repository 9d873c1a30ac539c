package io.minga.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DurableJobTest {
  private static final AtomicInteger NUMBERS = new AtomicInteger(7_000_000);

  private final PeerOptions options;
  private final Path journal;
  private final Path directory;

  DurableJobTest(@TempDir Path directory) {
    this.directory = directory;
    journal = directory.resolve("journal.db");
    options =
        PeerOptions.forNetwork("durable")
            .listeningOn("/memory/" + NUMBERS.incrementAndGet())
            .withJournal(journal);
  }

  private static RemoteFunction<Integer, Integer> square(Peer peer) {
    return peer.register("square", Integer.class, Integer.class, it -> it * it);
  }

  @Test
  void results_areThere_inAnotherLife() throws Exception {
    List<Integer> inputs = IntStream.range(0, 1_000).boxed().toList();
    List<Integer> squares = inputs.stream().map(it -> it * it).toList();
    JobId id;
    try (Peer peer = Peer.start(options.withSlots(2))) {
      DurableJob<Integer> job = square(peer).submitAll(inputs).join();
      id = job.id();
      assertThat(job.results().toList()).isEqualTo(squares);
      assertThat(job.results().toList()).as("and again").isEqualTo(squares);
    }
    try (Peer peer = Peer.start(options.withSlots(0))) {
      RemoteFunction<Integer, Integer> square =
          peer.function("square", Integer.class, Integer.class);
      assertThat(peer.durableJobs()).extracting(JobState::id).containsExactly(id);
      assertThat(square.job(id).state().isDone()).isTrue();
      assertThat(square.job(id).results().toList()).isEqualTo(squares);
      assertThat(square.job(id).forget()).isTrue();
      assertThat(peer.durableJobs()).isEmpty();
      assertThatThrownBy(() -> square.job(id).state())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no durable job " + id);
    }
  }

  @Test
  void job_thatNobodyCouldRun_isRunInAnotherLife() throws Exception {
    JobId id;
    try (Peer peer = Peer.start(options.withSlots(0))) {
      RemoteFunction<Integer, Integer> square =
          peer.function("square", Integer.class, Integer.class);
      id = square.submit(12).join().id();
      assertThat(square.job(id).state().isDone()).isFalse();
    }
    try (Peer peer = Peer.start(options.withSlots(1))) {
      assertThat(square(peer).job(id).results()).containsExactly(144);
    }
  }

  /** Batches have 256 tasks here, of which the last 56 are open when the first life ends. */
  @Test
  void job_ofWhichSomeHasEnded_isRunToItsEndInAnotherLife() throws Exception {
    List<Integer> inputs = IntStream.range(0, 1_024).boxed().toList();
    JobId id;
    try (Peer peer = Peer.start(options.withSlots(2))) {
      RemoteFunction<Integer, Integer> square =
          peer.register(
              "square",
              Integer.class,
              Integer.class,
              it -> {
                if (it % 256 >= 200) {
                  throw new IllegalStateException("not yet");
                }
                return it * it;
              });
      DurableJob<Integer> job =
          square.with(square.options().withAttemptsMax(100)).submitAll(inputs).join();
      id = job.id();
      await().atMost(Duration.ofSeconds(30)).until(() -> job.state().ended() == 800);
    }
    try (Peer peer = Peer.start(options.withSlots(2))) {
      assertThat(square(peer).job(id).results().toList())
          .isEqualTo(inputs.stream().map(it -> it * it).toList());
    }
  }

  @Test
  void failedTasks_areKeptAsSuch() throws Exception {
    try (Peer peer = Peer.start(options.withSlots(1))) {
      RemoteFunction<Integer, Integer> root =
          peer.register(
              "root",
              Integer.class,
              Integer.class,
              it -> {
                if (it < 0) {
                  throw new IllegalArgumentException("no root of " + it);
                }
                return (int) Math.sqrt(it);
              });
      DurableJob<Integer> job =
          root.with(root.options().withAttemptsMax(1)).submitAll(List.of(9, -1, 16)).join();

      List<TaskOutcome<Integer>> outcomes = job.outcomes().toList();

      assertThat(outcomes).extracting(TaskOutcome::value).containsExactly(3, null, 4);
      assertThat(outcomes.get(1).failure()).hasMessageContaining("no root of -1");
      assertThat(job.state().failed()).isEqualTo(1);
    }
  }

  @Test
  void peersOfANetwork_runDurableJobs() throws Exception {
    PeerOptions worker =
        PeerOptions.forNetwork("durable")
            .listeningOn("/memory/" + NUMBERS.incrementAndGet())
            .withSlots(1);
    try (Peer submitter = Peer.start(options.withSlots(0));
        Peer other = Peer.start(worker)) {
      square(other);
      submitter.connect(other.addresses().get(0)).join();
      RemoteFunction<Integer, Integer> square =
          submitter.function("square", Integer.class, Integer.class);
      List<Integer> inputs = IntStream.range(0, 700).boxed().toList();

      DurableJob<Integer> job = square.submitAll(inputs).join();

      assertThat(job.results().toList()).isEqualTo(inputs.stream().map(it -> it * it).toList());
    }
  }

  private PeerOptions keeper(String name) {
    return PeerOptions.forNetwork("durable")
        .listeningOn("/memory/" + NUMBERS.incrementAndGet())
        .withJournal(directory.resolve(name))
        .withSlots(0);
  }

  @Test
  void job_isKeptByOthers_untilItIsForgotten() throws Exception {
    try (Peer submitter = Peer.start(options.withSlots(0));
        Peer one = Peer.start(keeper("one.db"));
        Peer two = Peer.start(keeper("two.db"))) {
      submitter.connect(one.addresses().get(0)).join();
      submitter.connect(two.addresses().get(0)).join();
      RemoteFunction<Integer, Integer> square =
          submitter.function("square", Integer.class, Integer.class);

      DurableJob<Integer> job = square.submitAll(List.of(1, 2, 3)).join();

      await().atMost(Duration.ofSeconds(30)).until(() -> job.state().copies() == 2);
      assertThat(submitter.durableJobs()).extracting(JobState::copies).containsExactly(2);
      assertThat(directory.resolve("one.db")).exists();
      assertThat(directory.resolve("two.db")).exists();
      assertThat(job.forget()).isTrue();
    }
    try (Peer one = Peer.start(keeper("one.db"))) {
      assertThat(one.durableJobs()).as("its own").isEmpty();
    }
  }

  @Test
  void peerWithoutDurableJobs_hasNoJournal() throws Exception {
    try (Peer peer = Peer.start(options.withSlots(1))) {
      assertThat(square(peer).call(5).join()).isEqualTo(25);
      assertThat(peer.durableJobs()).isEmpty();
    }
    assertThat(journal).doesNotExist();
  }

  @Test
  void withoutAJournal_jobsCantBeDurable() {
    try (Peer peer = Peer.local(1)) {
      assertThat(square(peer).submit(5))
          .failsWithin(java.time.Duration.ofSeconds(30))
          .withThrowableThat()
          .withMessageContaining("no directory of its own for a journal");
    }
  }

  @Test
  void largeArgument_isRefused() throws Exception {
    try (Peer peer = Peer.start(options.withSlots(1))) {
      RemoteFunction<String, Integer> length =
          peer.register("length", String.class, Integer.class, String::length);
      assertThat(length.submit("x".repeat(70_000)))
          .failsWithin(java.time.Duration.ofSeconds(30))
          .withThrowableThat()
          .withMessageContaining("above the limit");
    }
  }

  @Test
  void journalThatCantBeUsed_isSaid() throws Exception {
    Files.createDirectory(journal);
    assertThatThrownBy(() -> Peer.start(options).close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the journal");
  }
}
