package io.minga.node.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.journal.JobId;
import io.minga.node.journal.TaskEnd;
import io.minga.node.journal.Work;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Truncates and changes files of a journal at random: what comes of it is either all that was
 * acknowledged, or less, and the damage is said.
 */
final class DamagedJournalTest {
  private static final List<String> FILES =
      List.of("journal.db", "journal.db-wal", "journal.db-mark");

  /** A journal that was closed, and one whose process died: file by file. */
  private static final List<SortedMap<String, byte[]>> JOURNALS = new ArrayList<>();

  /** What was acknowledged: of each job how many tasks have which outcomes. */
  private static final Map<JobId, List<TaskEnd>> ACKNOWLEDGED = new LinkedHashMap<>();

  private static int silent;
  private static int said;
  private static int refused;

  /** Memory if that can be, where a sync costs nothing. */
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path directory;

  DamagedJournalTest(@TempDir Path directory) throws IOException {
    this.directory =
        Files.isWritable(MEMORY) ? Files.createTempDirectory(MEMORY, "minga-damage-") : directory;
  }

  @AfterEach
  void deleteAll() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    Files.createDirectories(directory); // which somebody may want to delete
    if (directory.startsWith(MEMORY)) {
      Files.delete(directory);
    }
  }

  @BeforeAll
  static void write(@TempDir Path directory) throws Exception {
    Random random = new Random(1);
    try (Heard heard = new Heard(directory.resolve("journal.db"))) {
      for (int i = 0; i < 120; i++) {
        int tasks = 1 + random.nextInt(200);
        JobId job = heard.submit(tasks);
        int ended = random.nextBoolean() ? 0 : random.nextInt(tasks + 1);
        if (ended > 0) {
          heard.end(heard.lastBatch(), 0, ended);
        }
        List<TaskEnd> ends = new ArrayList<>();
        for (int index = 0; index < ended; index++) {
          ends.add(new TaskEnd(index, Work.value(1000L * index), 7));
        }
        ACKNOWLEDGED.put(job, ends);
        if (i % 10 == 0) {
          heard.settled();
        }
        if (i == 60) {
          for (JobId each : List.copyOf(ACKNOWLEDGED.keySet()).subList(5, 20)) {
            heard.journal.forget(each).join();
            ACKNOWLEDGED.remove(each);
          }
        }
      }
      heard.settled();
      while (heard.journal.size().join().rows()
          > ACKNOWLEDGED.size()
              + ACKNOWLEDGED.values().stream().filter(it -> !it.isEmpty()).count()) {
        Thread.onSpinWait();
      }
      JOURNALS.add(read(directory));
    }
    JOURNALS.add(read(directory));
  }

  private static SortedMap<String, byte[]> read(Path directory) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    for (String name : FILES) {
      Path file = directory.resolve(name);
      if (Files.exists(file)) {
        files.put(name, Files.readAllBytes(file));
      }
    }
    return files;
  }

  @Test
  void damage_isHarmless_orSaid() throws Exception {
    Long replayed = Long.getLong("seed");
    int count = Integer.getInteger("journal.damages", 60);
    for (long seed = 0; seed < count; seed++) {
      damage(replayed == null ? seed : replayed);
      if (replayed != null) {
        break;
      }
    }
    System.out.printf(
        "%d damages: %d harmless, %d said, %d refused%n", count, silent, said, refused);
    assertThat(replayed != null || said > count / 3).isTrue();
  }

  private void damage(long seed) throws Exception {
    Random random = new Random(seed);
    Path home = Files.createDirectory(directory.resolve("" + seed));
    SortedMap<String, byte[]> files = JOURNALS.get(random.nextInt(JOURNALS.size()));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(home.resolve(file.getKey()), file.getValue());
    }
    List<String> names = List.copyOf(files.keySet());
    String name = names.get(random.nextInt(names.size()));
    String what = "seed %d: %s %s".formatted(seed, name, damage(home.resolve(name), random));
    Path path = home.resolve("journal.db");
    JobId later;
    try (Heard heard = new Heard(path)) {
      check(what, heard);
      later = heard.submit(3);
      heard.settled();
    } catch (JournalException e) {
      assertThat(e).as(what).hasMessageContaining("is of version");
      refused++;
      return;
    }
    try (Heard again = new Heard(path)) {
      assertThat(again.journal.troubles()).as(what).isEmpty();
      assertThat(again.job(later).total()).as(what).isEqualTo(3);
    }
  }

  private static String damage(Path file, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (random.nextInt(3) == 0) {
      int length = random.nextInt(bytes.length);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(length);
      }
      return "cut from %d to %d B".formatted(bytes.length, length);
    }
    // Headers are small, and matter.
    int at = random.nextInt(random.nextInt(3) == 0 ? Math.min(100, bytes.length) : bytes.length);
    int count = random.nextInt(3) == 0 ? 1 + random.nextInt(Math.min(64, bytes.length - at)) : 1;
    for (int i = at; i < at + count; i++) {
      bytes[i] ^= (byte) (count == 1 ? 1 << random.nextInt(8) : random.nextInt(256));
    }
    Files.write(file, bytes);
    return "%d B changed from %d on".formatted(count, at);
  }

  private static void check(String what, Heard heard) {
    List<String> troubles = heard.journal.troubles();
    Map<JobId, List<TaskEnd>> found = new LinkedHashMap<>();
    heard.journal.jobs().join().forEach(job -> found.put(job.id(), heard.outcomes(job.id())));
    if (troubles.isEmpty()) {
      silent++;
      assertThat(found).as(what).isEqualTo(ACKNOWLEDGED);
      return;
    }
    said++;
    assertThat(troubles).as(what).singleElement().asString().contains("is damaged");
    found.forEach(
        (job, ends) ->
            assertThat(ACKNOWLEDGED.getOrDefault(job, List.of())).as(what).containsAll(ends));
    assertThat(heard.journal.takeOpen())
        .as(what)
        .allMatch(it -> found.containsKey(new JobId(it.batch().header().lineage(), it.job())));
  }
}
