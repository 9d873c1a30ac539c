package io.minga.node.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.JobState;
import io.minga.node.journal.KeptCopy;
import io.minga.node.journal.Work;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.JobFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskRuns;
import io.minga.node.task.WorkFrame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept for others is there in another life, with whose outcomes count. */
final class KeptRowsTest {
  private static final Batch BATCH = Work.batch(77, 0, 6);
  private static final PeerId STEWARD = Work.peer("22");

  private Path path = Path.of("journal.db");

  @BeforeEach
  void in(@TempDir Path directory) {
    path = directory.resolve("journal.db");
  }

  private static CopyFrame.Keep keep(Batch batch) {
    return new CopyFrame.Keep(4, 10, 4, List.of(STEWARD), batch);
  }

  private static CopyFrame.Ended ended(PeerId origin, int from, int to) throws WireException {
    WorkFrame.Results results =
        (WorkFrame.Results) WorkFrame.decode(Work.LIMITS, Work.results(0, from, to));
    return new CopyFrame.Ended(BATCH.cid(), origin, results);
  }

  private static void write(Heard heard, CopyFrame... frames) {
    long[] number = {heard.lastNumber()};
    for (CopyFrame frame : frames) {
      if (frame instanceof CopyFrame.Keep keep) {
        heard.journal.copied(++number[0], keep);
      } else {
        heard.journal.copyEnded(++number[0], (CopyFrame.Ended) frame);
      }
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> heard.recorded() >= number[0]);
  }

  @Test
  void keptBatch_isThereInAnotherLife_besideOwnJobs() throws Exception {
    try (Heard heard = new Heard(path)) {
      heard.submit(3);
      heard.settled();
      write(heard, keep(BATCH), ended(STEWARD, 0, 3), ended(Work.peer(), 2, 5));
      assertThat(heard.journal.takeCopies()).isEmpty();
      assertThat(heard.journal.size().join().copies()).isEqualTo(1);
    }
    try (Heard heard = new Heard(path)) {
      assertThat(heard.journal.troubles()).isEmpty();
      assertThat(heard.journal.takeCopies())
          .containsExactly(
              new KeptCopy(
                  keep(BATCH),
                  List.of(
                      new KeptCopy.Said(STEWARD, IndexSet.of(0, 1)),
                      new KeptCopy.Said(Work.peer(), IndexSet.of(2, 3, 4)))));
      assertThat(heard.journal.jobs().join()).extracting(JobState::total).containsExactly(3L);

      List<CopyFrame.Ended> known =
          heard.journal.copyEnded(BATCH.cid(), IndexSet.of(1, 2, 5)).join();

      assertThat(known).extracting(CopyFrame.Ended::origin).containsExactly(STEWARD, Work.peer());
      assertThat(known)
          .extracting(CopyFrame.Ended::indexes)
          .containsExactly(IndexSet.of(1), IndexSet.of(2));
    }
  }

  @Test
  void whatIsNeededNoMore_isDeleted() throws Exception {
    Batch over = Work.batch(78, 0, 2, 2_000_000);
    try (Heard heard = new Heard(path)) {
      write(heard, keep(BATCH), ended(STEWARD, 0, 3), keep(over));
      heard.journal.forgetCopies(List.of(BATCH.cid()));
      await().atMost(Duration.ofSeconds(30)).until(() -> heard.journal.size().join().rows() == 0);
      assertThat(heard.journal.size().join().copies()).isZero();
    }
    try (Heard heard = new Heard(path)) {
      assertThat(heard.journal.takeCopies()).isEmpty();
      assertThat(heard.journal.troubles()).isEmpty();
    }
  }

  @Test
  void newWork_isRefusedWhenThereIsNoRoom() throws Exception {
    try (Heard heard = new Heard(path, Heard.SOON.withBytesMax(64 << 10))) {
      long number = 0;
      while (heard.refused.isEmpty() && number < 1000) {
        long next = ++number;
        heard.journal.copied(next, keep(Work.batch(79, next, 6)));
        await().atMost(Duration.ofSeconds(30)).until(() -> heard.recorded() >= next);
      }
      assertThat(heard.refused).hasSize(1);
      assertThat(heard.failures).isEmpty();
    }
  }

  private static JobFrame answer(Heard heard, JobFrame.Ask ask) {
    return heard.journal.answer(Work.peer("44"), ask).join();
  }

  @Test
  void whoeverAsksOfAJob_isToldWhatIsKeptOfIt() throws Exception {
    try (Heard heard = new Heard(path)) {
      write(heard, keep(BATCH), ended(STEWARD, 0, 3), ended(Work.peer(), 2, 5));

      JobFrame.Known known = (JobFrame.Known) answer(heard, new JobFrame.Ask(9, 77, 4, null, 0));
      assertThat(known.jobs())
          .singleElement()
          .satisfies(
              job -> {
                assertThat(job.total()).isEqualTo(10);
                assertThat(job.ended()).isEqualTo(5);
                assertThat(job.runs().runs()).containsExactly(new TaskRuns.Run(4, 9));
              });
      assertThat(answer(heard, new JobFrame.Ask(9, 78, 4, null, 0)))
          .isEqualTo(new JobFrame.Known(9, List.of()));
      JobFrame.Ends ends =
          (JobFrame.Ends) answer(heard, new JobFrame.Ask(9, 77, 4, Work.peer(), 5));
      assertThat(ends.indexes()).isEqualTo(IndexSet.of(0, 1, 2, 3));
      assertThat(ends.confirmed()).isEqualTo(IndexSet.of(1, 2, 3));
      assertThat(ends.until()).isEqualTo(JobFrame.TASKS_MAX);
      assertThat(answer(heard, new JobFrame.Ask(9, 77, 4, STEWARD, 5)))
          .as("that one hasn't submitted it")
          .isEqualTo(new JobFrame.Ends(9, JobFrame.TASKS_MAX, IndexSet.EMPTY, null));
    }
  }

  @Test
  void largeOutcomes_areToldInSeveralAnswers() throws Exception {
    byte[] large = new byte[60_000];
    try (Heard heard = new Heard(path)) {
      write(heard, keep(BATCH));
      for (int index = 0; index < 3; index++) {
        ResultsBuilder results = new ResultsBuilder(Work.LIMITS);
        results.begin(new BatchName.Ref(1), 1);
        large[0] = (byte) index; // equal ones take no room
        results.add(index, new Outcome.Value(Payload.of(Bytes.copyOf(large))), 5);
        WorkFrame.Results built =
            (WorkFrame.Results) WorkFrame.decode(Work.LIMITS, results.build());
        write(heard, new CopyFrame.Ended(BATCH.cid(), Work.peer(), built));
      }
      for (int from = 4; from < 6; from++) {
        JobFrame.Ends ends =
            (JobFrame.Ends) answer(heard, new JobFrame.Ask(9, 77, 4, Work.peer(), from));
        assertThat(ends.indexes()).isEqualTo(IndexSet.of(0));
        assertThat(ends.until()).isEqualTo(1);
      }
    }
  }
}
