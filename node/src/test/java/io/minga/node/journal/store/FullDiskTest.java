package io.minga.node.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minga.node.journal.JobId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal on a small file system that others fill. */
final class FullDiskTest {
  private final Path disk;
  private boolean mounted;

  FullDiskTest(@TempDir Path directory) {
    disk = directory.resolve("disk");
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().transferTo(OutputStream.nullOutputStream());
    return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @BeforeEach
  void mount() throws Exception {
    Files.createDirectory(disk);
    try {
      mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString());
    } catch (IOException e) {
      mounted = false;
    }
    assumeTrue(mounted, "this user may not mount a small file system");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", "-l", disk.toString())).isTrue();
    }
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  @Test
  void fullDisk_refusesNewWork_keepsOutcomes_andResumes() throws Exception {
    Path ballast = disk.resolve("ballast");
    JobId first;
    try (Heard heard = new Heard(disk.resolve("journal.db"))) {
      first = heard.submit(256);
      long batch = heard.lastBatch();
      heard.settled();
      fill(ballast);
      while (heard.refused.isEmpty()) {
        heard.submit(256);
        heard.settled();
      }
      assertThat(heard.refused.get(heard.lastNumber())).contains("there is no room on the disk");
      heard.end(batch, 0, 256);
      assertThat(heard.troubles).singleElement().asString().contains("new durable work is refused");

      Files.delete(ballast);

      heard.settled();
      assertThat(heard.job(first).isDone()).isTrue();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> heard.troubles.stream().anyMatch(it -> it.contains("there is room again")));
      int before = heard.refused.size();
      JobId later = heard.submit(10);
      heard.settled();
      assertThat(heard.refused).hasSize(before);
      assertThat(heard.job(later).total()).isEqualTo(10);
      assertThat(heard.failures).isEmpty();
    }
    try (Heard again = new Heard(disk.resolve("journal.db"))) {
      assertThat(again.journal.troubles()).isEmpty();
      assertThat(again.job(first).isDone()).isTrue();
    }
  }
}
