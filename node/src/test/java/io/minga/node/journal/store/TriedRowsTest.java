package io.minga.node.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.journal.JobId;
import io.minga.node.journal.KeptCopy;
import io.minga.node.journal.OpenBatch;
import io.minga.node.journal.Work;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Tries;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often tasks were tried is there in another life, in a journal of a later version. */
final class TriedRowsTest {
  private Path path = Path.of("journal.db");

  @BeforeEach
  void in(@TempDir Path directory) {
    path = directory.resolve("journal.db");
  }

  private static Tries tries(int index, int epoch, int failures) {
    return Tries.of(IndexSet.of(index), it -> new Tries.Count(epoch, failures, 0, 0, 0));
  }

  private long version() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("PRAGMA user_version")) {
      return found.getLong(1);
    }
  }

  private static void awaitRecorded(Heard heard, long number) {
    await().atMost(Duration.ofSeconds(30)).until(() -> heard.recorded() >= number);
  }

  @Test
  void tries_areThereInAnotherLife_untilTheirJobIsForgotten() throws Exception {
    JobId job;
    try (Heard heard = new Heard(path)) {
      job = heard.submit(5);
      long number = heard.lastNumber();
      heard.journal.tried(number + 1, heard.lastBatch(), tries(1, 3, 1));
      heard.journal.tried(number + 2, heard.lastBatch(), tries(2, 1, 1));
      heard.journal.tried(number + 3, heard.lastBatch(), tries(1, 2, 2));
      heard.journal.tried(number + 4, 99, tries(1, 2, 2)); // of nothing that is there
      awaitRecorded(heard, number + 4);
    }
    try (Heard heard = new Heard(path)) {
      assertThat(heard.journal.troubles()).isEmpty();
      assertThat(heard.journal.takeOpen())
          .extracting(OpenBatch::tries)
          .containsExactly(tries(1, 3, 2).join(tries(2, 1, 1)));
      assertThat(heard.journal.forget(job).join()).isTrue();
      await().atMost(Duration.ofSeconds(30)).until(() -> heard.journal.size().join().rows() == 0);
    }
  }

  @Test
  void triesOfACopy_areThereInAnotherLife_untilItIsForgotten() throws Exception {
    Batch batch = Work.batch(77, 0, 6);
    try (Heard heard = new Heard(path)) {
      heard.journal.copied(1, new CopyFrame.Keep(4, 10, 4, List.of(), batch));
      heard.journal.copyTried(2, new CopyFrame.Tried(batch.cid(), tries(1, 0, 1)));
      heard.journal.copyTried(3, new CopyFrame.Tried(batch.cid(), tries(1, 0, 1)));
      heard.journal.copyTried(4, new CopyFrame.Tried(batch.cid(), tries(1, 0, 2)));
      heard.journal.copyTried(5, new CopyFrame.Tried(batch.cid(), tries(6, 0, 2))); // has none
      awaitRecorded(heard, 5);
    }
    try (Heard heard = new Heard(path)) {
      assertThat(heard.journal.takeCopies())
          .extracting(KeptCopy::tries)
          .containsExactly(tries(1, 0, 2));
      heard.journal.forgetCopies(List.of(batch.cid()));
      await().atMost(Duration.ofSeconds(30)).until(() -> heard.journal.size().join().rows() == 0);
    }
  }

  @Test
  void journalOfTheFirstVersion_opens_andIsOfTheSecond_onceSomethingWasTried() throws Exception {
    try (Heard heard = new Heard(path)) {
      heard.submit(5);
      heard.end(heard.lastBatch(), 0, 2);
      heard.settled();
    }
    assertThat(version()).as("earlier programs can read it").isEqualTo(1);
    try (Heard heard = new Heard(path)) {
      assertThat(heard.journal.troubles()).isEmpty();
      heard.submit(3);
      heard.journal.tried(heard.lastNumber() + 1, heard.lastBatch(), tries(1, 3, 1));
      awaitRecorded(heard, heard.lastNumber() + 1);
    }
    assertThat(version()).isEqualTo(2);
    try (Heard heard = new Heard(path)) {
      assertThat(heard.journal.troubles()).isEmpty();
      assertThat(heard.journal.takeOpen()).hasSize(2);
    }
  }
}
