package io.minga.node.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.OpenBatch;
import io.minga.node.journal.TaskEnd;
import io.minga.node.journal.Work;
import io.minga.node.task.Batch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
  private final Path directory;

  JournalTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path path() {
    return directory.resolve("journal.db");
  }

  private static void sql(Path path, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void job_isThere_afterARestart() throws Exception {
    JobId job;
    try (Heard heard = new Heard(path())) {
      job = heard.submit(5);
      heard.end(heard.lastBatch(), 1, 3);
      heard.settled();
      assertThat(heard.job(job).ended()).isEqualTo(2);
    }
    try (Heard again = new Heard(path())) {
      assertThat(again.journal.troubles()).isEmpty();
      assertThat(again.journal.lineage()).isEqualTo(job.lineage());
      assertThat(again.journal.jobs().join()).containsExactly(again.job(job));
      assertThat(again.job(job).total()).isEqualTo(5);
      assertThat(again.outcomes(job))
          .containsExactly(
              new TaskEnd(1, Work.value(1000), 7), new TaskEnd(2, Work.value(2000), 7));
      List<OpenBatch> open = again.journal.takeOpen();
      assertThat(open).hasSize(1);
      assertThat(open.get(0).open().toArray()).containsExactly(0, 3, 4);
      assertThat(open.get(0).batch()).isEqualTo(Work.batch(job.lineage(), 0, 5));
      assertThat(again.journal.nextBatch()).isEqualTo(1);
      assertThat(again.journal.newJob()).isEqualTo(new JobId(job.lineage(), 2));
    }
  }

  @Test
  void job_thatWasNotWhole_isGone_afterARestart() throws Exception {
    try (Heard heard = new Heard(path())) {
      JobId job = heard.journal.newJob();
      Batch half = Work.batch(heard.journal.lineage(), 0, 5);
      heard.journal.opened(1, job.number(), 10, 0, half);
      await().atMost(Duration.ofSeconds(30)).until(() -> heard.recorded() == 1);
      assertThat(heard.journal.jobs().join()).isEmpty();
    }
    try (Heard again = new Heard(path())) {
      assertThat(again.journal.takeOpen()).isEmpty();
      await().atMost(Duration.ofSeconds(30)).until(() -> again.journal.size().join().rows() == 0);
      assertThat(again.journal.nextBatch()).isEqualTo(1);
    }
    try (Heard again = new Heard(path())) {
      assertThat(again.journal.troubles()).isEmpty();
    }
  }

  @Test
  void whoeverWaits_isTold_whenAllTasksHaveEnded() throws Exception {
    try (Heard heard = new Heard(path())) {
      JobId job = heard.submit(3);
      CompletableFuture<Optional<JobState>> done = heard.journal.whenDone(job);
      heard.end(heard.lastBatch(), 0, 2);
      heard.settled();
      assertThat(done).isNotDone();

      heard.end(heard.lastBatch(), 2, 3);

      assertThat(done.join().orElseThrow().isDone()).isTrue();
      assertThat(heard.journal.whenDone(job).join()).isPresent();
      assertThat(heard.journal.whenDone(new JobId(1, 1)).join()).isEmpty();
    }
  }

  @Test
  void batchWhoseTasksHaveEnded_isThereStill_alsoAfterARestart() throws Exception {
    JobId job;
    try (Heard heard = new Heard(path())) {
      heard.submit(2);
      job = heard.submit(3);
      heard.end(heard.lastBatch(), 0, 3);
      heard.settled();
      assertThat(heard.journal.batch(job, 0).join().orElseThrow().header().sequence())
          .isEqualTo(heard.lastBatch());
      assertThat(heard.journal.batch(job, 1).join()).isEmpty();
      assertThat(heard.journal.batch(new JobId(1, job.number()), 0).join()).isEmpty();
    }
    try (Heard again = new Heard(path())) {
      assertThat(again.journal.batch(job, 0).join().orElseThrow().size()).isEqualTo(3);
    }
  }

  @Test
  void firstOutcome_isTheOneThatCounts_alsoAfterARestart() throws Exception {
    JobId job;
    try (Heard heard = new Heard(path())) {
      job = heard.submit(2);
      heard.end(heard.lastBatch(), 0, 1);
      heard.journal.ended(heard.lastNumber() + 1, Work.failure(heard.lastBatch(), 0));
      await().atMost(Duration.ofSeconds(30)).until(() -> heard.recorded() > heard.lastNumber());
      assertThat(heard.outcomes(job)).containsExactly(new TaskEnd(0, Work.value(0), 7));
    }
    try (Heard again = new Heard(path())) {
      assertThat(again.outcomes(job)).containsExactly(new TaskEnd(0, Work.value(0), 7));
      assertThat(again.job(job).failed()).isZero();
    }
  }

  @Test
  void expiredAndForgottenJobs_goAway_andTheFileGetsSmaller() throws Exception {
    try (Heard heard = new Heard(path())) {
      List<JobId> jobs = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        jobs.add(heard.submit(256));
      }
      JobId expired = heard.submit(1, System.currentTimeMillis() - 1);
      heard.settled();
      long before = heard.journal.size().join().bytes();
      for (JobId job : jobs.subList(0, 299)) {
        assertThat(heard.journal.forget(job).join()).isTrue();
      }
      assertThat(heard.journal.forget(jobs.get(0)).join()).isFalse();

      await().atMost(Duration.ofSeconds(30)).until(() -> heard.journal.size().join().rows() == 1);
      assertThat(heard.journal.job(expired).join()).isEmpty();
      assertThat(heard.journal.size().join().bytes()).isLessThan(before / 4);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> heard.journal.size().join().freeBytes() == 0);
    }
    try (Heard again = new Heard(path())) {
      assertThat(again.journal.troubles()).isEmpty();
      assertThat(again.journal.jobs().join()).hasSize(1);
    }
    assertThat(Files.size(path())).isLessThan(300 * 1024);
  }

  @Test
  void journalInUse_isRefused() throws Exception {
    try (Heard heard = new Heard(path())) {
      heard.submit(1);
      heard.settled();
      assertThatThrownBy(() -> new Heard(path()))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("another process uses the journal");
    }
  }

  @Test
  void laterVersion_isRefused_andNotTouched() throws Exception {
    try (Heard heard = new Heard(path())) {
      heard.submit(1);
    }
    sql(path(), "PRAGMA user_version=3");
    byte[] before = Files.readAllBytes(path());

    assertThatThrownBy(() -> new Heard(path()))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("is of version 3, and this program knows none after 2");

    assertThat(Files.readAllBytes(path())).isEqualTo(before);
  }

  @Test
  void fullJournal_refusesNewWork_butTakesOutcomes_andResumes() throws Exception {
    JournalOptions small = Heard.SOON.withBytesMax(400_000);
    try (Heard heard = new Heard(path(), small)) {
      List<JobId> jobs = new ArrayList<>();
      while (heard.refused.isEmpty()) {
        jobs.add(heard.submit(200));
        heard.settled();
      }
      jobs.remove(jobs.size() - 1);
      assertThat(heard.refused.get(heard.lastNumber())).contains("takes no more work");
      assertThat(jobs).hasSizeGreaterThan(10);

      heard.end(0, 0, 200);
      heard.settled();
      assertThat(heard.outcomes(jobs.get(0))).hasSize(200);
      assertThat(heard.failures).isEmpty();

      for (JobId job : jobs.subList(1, jobs.size())) {
        heard.journal.forget(job).join();
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> heard.journal.size().join().rows() == 2);
      JobId later = heard.submit(200);
      heard.settled();
      assertThat(heard.job(later).total()).isEqualTo(200);
    }
  }

  @Test
  void journalThatLostItsEnd_isSetAside_andSaysSo() throws Exception {
    Path copy = Files.createDirectory(directory.resolve("copy")).resolve("journal.db");
    JobId job;
    try (Heard heard = new Heard(path())) {
      job = heard.submit(5);
      heard.settled();
      Files.copy(path(), copy);
      Files.copy(directory.resolve("journal.db-wal"), copy.resolveSibling("journal.db-wal"));
      heard.end(heard.lastBatch(), 0, 5);
      heard.settled();
      Files.copy(directory.resolve("journal.db-mark"), copy.resolveSibling("journal.db-mark"));
    }
    try (Heard again = new Heard(copy)) {
      assertThat(again.journal.troubles())
          .singleElement()
          .asString()
          .contains("its last 1 commits are missing")
          .contains("set aside as journal.db.damaged-");
      assertThat(again.journal.lineage()).isNotEqualTo(job.lineage());
      assertThat(again.job(job).ended()).isZero();
      assertThat(again.journal.takeOpen()).hasSize(1);
    }
    try (Heard again = new Heard(copy)) {
      assertThat(again.journal.troubles()).isEmpty();
      assertThat(again.job(job).total()).isEqualTo(5);
    }
  }

  @Test
  void rebuiltJournal_isPutInPlace_whereThatWasInterrupted() throws Exception {
    JobId job;
    try (Heard heard = new Heard(path())) {
      job = heard.submit(5);
    }
    Files.move(path(), directory.resolve("journal.db-built"));
    Files.writeString(path(), "what was damaged");
    Files.writeString(directory.resolve("journal.db-wal"), "and its log");
    Files.writeString(directory.resolve("journal.db-building"), "from an earlier attempt");

    try (Heard again = new Heard(path())) {
      assertThat(again.journal.troubles()).isEmpty();
      assertThat(again.job(job).total()).isEqualTo(5);
    }
    assertThat(directory.resolve("journal.db-building")).doesNotExist();
    assertThat(directory.resolve("journal.db-built")).doesNotExist();
  }

  @Test
  void fileThatIsNoJournal_isSetAside() throws Exception {
    Files.writeString(path(), "these are not the rows that you look for ".repeat(100));
    try (Heard heard = new Heard(path())) {
      assertThat(heard.journal.troubles()).singleElement().asString().contains("is damaged");
      heard.submit(1);
      heard.settled();
    }
    try (Heard again = new Heard(path())) {
      assertThat(again.journal.jobs().join()).hasSize(1);
    }
  }

  @Test
  void directoryThatIsNotThere_isSaid() {
    assertThatThrownBy(() -> new Heard(directory.resolve("none/journal.db")))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("can't be used");
  }
}
