package io.minga.node.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.journal.JobId;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which outcomes let others come, to share a commit. */
final class LingerTest {
  private static final JournalOptions FOR_EVER = Heard.SOON.withLinger(Duration.ofDays(1));

  private final Path path;

  LingerTest(@TempDir Path directory) {
    this.path = directory.resolve("journal.db");
  }

  /** Writes two jobs, more than a crowd together; the second one's name. */
  private static JobId submitCrowd(Heard heard) {
    heard.submit(GroupQueue.CROWD - 56);
    JobId second = heard.submit(GroupQueue.CROWD - 56);
    heard.settled();
    return second;
  }

  private static long commits(Heard heard) {
    return heard.journal.size().join().commits();
  }

  @Test
  void outcomesOfACrowd_shareTheCommit_ofWhatIsUrgent() throws Exception {
    try (Heard heard = new Heard(path, FOR_EVER)) {
      JobId crowd = submitCrowd(heard);
      long before = commits(heard);
      for (int task = 0; task < 10; task++) {
        heard.end(heard.lastBatch(), task, task + 1);
      }

      heard.submit(1);

      heard.settled();
      assertThat(commits(heard)).isEqualTo(before + 1);
      assertThat(heard.job(crowd).ended()).isEqualTo(10);
    }
  }

  @Test
  void outcomeOfOneOfAFew_isCommittedAtOnce() throws Exception {
    try (Heard heard = new Heard(path, FOR_EVER)) {
      heard.submit(GroupQueue.CROWD - 1);
      heard.settled();
      heard.end(heard.lastBatch(), 0, 1);
      heard.settled();
      assertThat(heard.failures).isEmpty();
    }
  }

  @Test
  void outcomesOfACrowd_areCommitted_whenNothingElseComes() throws Exception {
    try (Heard heard = new Heard(path)) {
      submitCrowd(heard);
      heard.end(heard.lastBatch(), 0, 1);
      heard.settled();
      assertThat(heard.failures).isEmpty();
    }
  }

  @Test
  void questions_seeWhatLingers() throws Exception {
    try (Heard heard = new Heard(path, FOR_EVER)) {
      JobId crowd = submitCrowd(heard);
      heard.end(heard.lastBatch(), 0, 1);
      assertThat(heard.job(crowd).ended()).isEqualTo(1);
    }
  }

  @Test
  void whatLingers_isCommitted_beforeAJournalIsClosed() throws Exception {
    JobId crowd;
    try (Heard heard = new Heard(path, FOR_EVER)) {
      crowd = submitCrowd(heard);
      heard.end(heard.lastBatch(), 0, 1);
    }
    try (Heard again = new Heard(path, FOR_EVER)) {
      assertThat(again.job(crowd).ended()).isEqualTo(1);
    }
  }
}
