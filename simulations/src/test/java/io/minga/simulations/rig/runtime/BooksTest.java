package io.minga.simulations.rig.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.rig.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BooksTest {
  private final Path directory;

  BooksTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void runs_arePairedByInput_theLastBegunFirst() throws IOException {
    Path log = directory.resolve("ran");
    Files.writeString(log, "B 1 10 1\nB 2 11 1\nE 1 20 1\nB 1 30 3\nB 1 40 4\nE 1 50 4\nB 3");

    assertThat(Books.runs(4, log))
        .containsExactly(
            new Observation.Ran(1, 4, 10, 20, 1),
            new Observation.Ran(2, 4, 11, Long.MAX_VALUE, 1),
            new Observation.Ran(1, 4, 30, Long.MAX_VALUE, 3),
            new Observation.Ran(1, 4, 40, 50, 4));
  }

  @Test
  void noLog_isNoRuns() throws IOException {
    assertThat(Books.runs(0, directory.resolve("none"))).isEmpty();
  }

  @Test
  void inputs_areNew_alsoInTheNextBooks() {
    AtomicLong tasks = new AtomicLong();
    Books books = new Books(tasks);
    Observation.Asked first = books.ask(3, 10, true, false);
    Observation.Asked second = books.ask(2, 10, true, false);
    Observation.Asked later = new Books(tasks).ask(1, 10, true, false);

    assertThat(first.inputs()).doesNotContainAnyElementsOf(second.inputs());
    assertThat(later.inputs()).allMatch(input -> input > second.inputs().get(1));
    assertThat(second.request()).isOne();
  }
}
