package io.minga.node.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minga.node.journal.JobId;
import io.minga.node.journal.TaskEnd;
import io.minga.node.journal.Work;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process that dies, or whose disk fails: what it acknowledged is there. */
final class KilledJournalTest {
  /** How often the processes of one journal are killed: a look reads all that there is. */
  private static final int JOURNAL_KILLS = 50;

  /** How often one journal's syncs fail. */
  private static final int JOURNAL_FAILURES = 10;

  private final Path directory;
  private Path journal;

  KilledJournalTest(@TempDir Path directory) {
    this.directory = directory;
    this.journal = directory.resolve("journal.db");
  }

  /** The jobs that were acknowledged, and of which generation the outcomes are, if they were. */
  private final Map<JobId, Integer> acknowledged = new LinkedHashMap<>();

  private final List<String> others = new ArrayList<>();

  private Process start(int generation, String... before) throws IOException {
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            JournalChild.class.getName(),
            journal.toString(),
            String.valueOf(generation)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private void hear(String line) {
    String[] words = line.split(" ", 3);
    switch (words[0]) {
      case "job" -> acknowledged.putIfAbsent(JobId.parse(words[1]), 0);
      case "end" ->
          assertThat(acknowledged.put(JobId.parse(words[1]), Integer.valueOf(words[2])))
              .as("%s ended once", words[1])
              .isIn(null, 0); // null if it was written and its process died before it said so
      default -> others.add(line);
    }
  }

  /** Reads lines until there were so many, kills, and reads those that are left. */
  private void killAfter(Process child, int lines) throws IOException, InterruptedException {
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      int count = 0;
      StringBuilder line = new StringBuilder();
      for (int c = out.read(); c >= 0; c = out.read()) {
        if (c != '\n') {
          line.append((char) c);
        } else {
          hear(line.toString());
          line.setLength(0);
          if (++count == lines) {
            child.toHandle().destroyForcibly(); // which leaves what it has said to be read
          }
        }
      }
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      child.destroyForcibly();
    }
  }

  private void check(String what) throws JournalException {
    try (Heard heard = new Heard(journal)) {
      assertThat(heard.journal.troubles()).as(what).isEmpty();
      acknowledged.forEach(
          (job, generation) -> {
            assertThat(heard.journal.job(job).join()).as("%s, %s", what, job).isPresent();
            if (generation > 0) {
              assertThat(heard.outcomes(job))
                  .as("%s, %s", what, job)
                  .extracting(TaskEnd::outcome)
                  .containsExactly(
                      Work.value(1000L * generation),
                      Work.value(1000L * generation + 1),
                      Work.value(1000L * generation + 2));
            }
          });
    }
  }

  @Test
  void whatWasAcknowledged_isThere_wheneverTheProcessIsKilled() throws Exception {
    long seed = Long.getLong("seed", 7);
    Random random = new Random(seed);
    int kills = Integer.getInteger("journal.kills", 5);
    long jobs = 0;
    long ended = 0;
    for (int i = 1; i <= kills; i++) {
      int lines = 1 + random.nextInt(1 << (1 + random.nextInt(12)));
      killAfter(start(i), lines);
      if (i % 10 == 0 || i == kills) {
        check("seed %d, kill %d after %d lines".formatted(seed, i, lines));
      }
      if (i % JOURNAL_KILLS == 0 || i == kills) {
        jobs += acknowledged.size();
        ended += acknowledged.values().stream().filter(it -> it > 0).count();
        anotherJournal(i);
      }
    }
    assertThat(others).containsOnly("open");
    System.out.printf(
        "%d kills: %d jobs acknowledged, %d of them with outcomes; none lost, none changed%n",
        kills, jobs, ended);
  }

  @Test
  void failedSync_endsTheProcess_andNothingAcknowledgedIsLost() throws Exception {
    assumeTrue(canTrace(), "strace is missing, or may not trace here");
    int failures = Integer.getInteger("journal.failures", 3);
    for (int i = 1; i <= failures; i++) {
      if (i % JOURNAL_FAILURES == 0) {
        anotherJournal(i);
      }
      String when = "inject=fsync,fdatasync:error=EIO:when=" + (2 * i - 1) + "+";
      Process child =
          start(
              i,
              "strace",
              "-f",
              "-qq",
              "-o",
              "/dev/null",
              "-e",
              "trace=fsync,fdatasync",
              "-e",
              when);
      killAfter(child, -1);
      assertThat(child.exitValue()).as(when).isIn(1, JournalChild.FAILED);
      check(when);
    }
    assertThat(others).anyMatch(it -> it.startsWith("failed") && it.contains("can't be written"));
    System.out.printf("%d failed syncs: nothing acknowledged was lost%n", failures);
  }

  private void anotherJournal(int number) {
    journal = directory.resolve("journal" + number + ".db");
    acknowledged.clear();
  }

  private static boolean canTrace() throws InterruptedException {
    if (!Files.isExecutable(Path.of("/usr/bin/strace"))) {
      return false;
    }
    try {
      Process probe =
          new ProcessBuilder("strace", "-f", "-qq", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .start();
      return probe.waitFor(30, TimeUnit.SECONDS) && probe.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
