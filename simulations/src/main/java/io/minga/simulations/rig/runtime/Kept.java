package io.minga.simulations.rig.runtime;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.JobId;
import io.minga.node.journal.KeptCopy;
import io.minga.node.journal.store.Journal;
import io.minga.node.journal.store.JournalOptions;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.ResultGroup;
import io.minga.node.value.Values;
import io.minga.simulations.rig.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** What a peer's journal says of another's job, read in a copy of its files. */
final class Kept {
  private static final String FILE = "journal.db";

  private Kept() {}

  /**
   * How tasks of the job ended, as far as the journal has it.
   *
   * @param data the directory of a peer that may run, but writes nothing at the moment
   * @throws IOException if it wrote something all the same, or there is no journal
   */
  static List<Observation> outcomes(Path data, Course.Taken job) throws IOException {
    Path home = Files.createTempDirectory("rig-journal-");
    try {
      for (String ending : List.of("", "-wal", "-mark")) {
        Path file = data.resolve(FILE + ending);
        if (Files.exists(file)) {
          Files.copy(file, home.resolve(FILE + ending));
        }
      }
      SplittableRandom names = new SplittableRandom();
      try (Journal journal =
          Journal.open(
              home.resolve(FILE), JournalOptions.DEFAULT, names::nextLong, Journal.Listener.DEAF)) {
        if (!journal.troubles().isEmpty()) {
          throw new IOException(String.join("; ", journal.troubles()));
        }
        return outcomes(journal, job);
      }
    } finally {
      delete(home);
    }
  }

  private static List<Observation> outcomes(Journal journal, Course.Taken job) throws IOException {
    List<Observation> told = new ArrayList<>();
    for (KeptCopy copy : journal.takeCopies()) {
      Batch batch = copy.keep().batch();
      JobId its = new JobId(batch.header().lineage(), copy.keep().job());
      if (its.toString().equals(job.job())) {
        IndexSet ended =
            copy.said().stream().map(KeptCopy.Said::indexes).reduce(IndexSet.EMPTY, IndexSet::or);
        for (CopyFrame.Ended frame : journal.copyEnded(batch.cid(), ended).join()) {
          for (ResultGroup group : frame.results().groups()) {
            read(job.asked().request(), copy.keep().offset(), group.cursor(), told);
          }
        }
      }
    }
    return told;
  }

  private static void read(
      int request, long offset, ResultGroup.Cursor cursor, List<Observation> told)
      throws IOException {
    while (cursor.next()) {
      int index = (int) offset + cursor.index();
      if (cursor.outcome() instanceof Outcome.Failure failure) {
        told.add(
            new Observation.ToldFailure(request, index, failure.kind() + " " + failure.message()));
      } else if (cursor.outcome() instanceof Outcome.Value value
          && value.payload() instanceof Payload.Inline inline) {
        told.add(new Observation.Told(request, index, number(inline)));
      }
    }
  }

  private static long number(Payload.Inline value) throws IOException {
    try {
      return Values.codec(Long.class).decode(value.toBytes().toByteArray());
    } catch (WireException e) {
      throw new IOException("a journal has a result that is none: " + e.getMessage(), e);
    }
  }

  private static void delete(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
