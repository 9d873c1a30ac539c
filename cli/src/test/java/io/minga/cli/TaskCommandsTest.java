package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code minga tasks}, {@code explain} and {@code cancel}, asked of a peer of one slot. */
@Timeout(300)
final class TaskCommandsTest {
  private final List<MingaProcess> processes = new ArrayList<>();
  private final Path directory;
  private final String data;

  TaskCommandsTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    this.data = Files.createTempDirectory("minga").toString(); // a socket's path is short
  }

  @AfterEach
  void killWhatIsLeft() {
    processes.forEach(MingaProcess::close);
  }

  private MingaProcess start(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", data));
    MingaProcess process = MingaProcess.start(all.toArray(String[]::new));
    processes.add(process);
    return process;
  }

  private MingaProcess minga(int exitCode, String... arguments) throws Exception {
    MingaProcess command = start(arguments);
    assertThat(command.exitCode()).as("%s", command.err()).isEqualTo(exitCode);
    return command;
  }

  /** A program that fails twice and then says true. */
  private Path flaky() throws Exception {
    Path count = directory.resolve("count");
    Path program = directory.resolve("flaky");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo >> %s
        test $(wc -l < %s) -ge 3 && echo true
        """
            .formatted(count, count));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program;
  }

  @Test
  void tasks_areListedExplainedAndCancelled() throws Exception {
    start(
            "start",
            "--json",
            "--no-mdns",
            "--listen",
            "/ip4/127.0.0.1/tcp/0",
            "--slots",
            "1",
            "--allow-command",
            "flaky=" + flaky(),
            "--allow-command",
            "hang=/bin/sleep 1000")
        .awaitEvent("started");

    // A task that hangs is cancelled, and its slot runs the next one.
    MingaProcess hanging = start("call", "hang");
    List<String> running = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              running.addAll(minga(0, "tasks", "--json", "--state", "running").out());
              return !running.isEmpty();
            });
    JsonNode task = Json.parse(running.get(0));
    String cid = task.path("cid").asText();
    assertThat(task.path("function").asText()).isEqualTo("hang");
    assertThat(task.path("tookMillis").isNull()).isTrue();

    assertThat(minga(0, "cancel", cid.substring(0, 24)).out())
        .containsExactly(
            "cancelled %s (hang): it was running here".formatted(cid.substring(0, 20)));
    assertThat(hanging.exitCode()).isEqualTo(3);
    assertThat(hanging.err())
        .singleElement()
        .asString()
        .contains("hang failed (CANCELLED")
        .contains("task " + cid)
        .endsWith("it was cancelled by its CID");

    // One that fails twice has a story of three attempts.
    assertThat(minga(0, "call", "flaky").out()).containsExactly("\"true\\n\"");
    List<String> done = minga(0, "tasks", "--state", "done,cancelled").out();
    assertThat(done).hasSize(3);
    assertThat(done.get(1)).contains("flaky").contains("done").endsWith("here   here");
    assertThat(done.get(2)).contains("hang").contains("cancelled");
    List<String> story = minga(0, "explain", done.get(1).substring(0, 20)).out();
    assertThat(story).anyMatch(it -> it.matches("state     done, after .*, 3 attempts"));
    assertThat(story).filteredOn(it -> it.contains("handed to this peer, attempt ")).hasSize(3);
    assertThat(story)
        .filteredOn(it -> it.contains("attempt failed on this peer: HANDLER: "))
        .hasSize(2)
        .allMatch(it -> it.contains("; tried again in "));
    assertThat(story.get(story.size() - 1)).contains("ran on this peer: for ");

    // A failure names its task, which is explained when it is over.
    MingaProcess failed = minga(3, "call", "pi.sample", "0");
    String named = failed.err().get(0).replaceAll(".*, task (\\w+)\\).*", "$1");
    JsonNode sad = Json.parse(minga(0, "explain", named, "--json").out().get(0));
    assertThat(sad.path("task").path("state").asText()).isEqualTo("failed");
    assertThat(sad.path("events")).isNotEmpty();

    // What is unknown is said in one line.
    for (String command : List.of("explain", "cancel")) {
      MingaProcess unknown = minga(1, command, "bafibeigaaaaaaaaa");
      assertThat(unknown.out()).isEmpty();
      assertThat(unknown.err())
          .containsExactly("minga: this peer knows of no task bafibeigaaaaaaaaa");
    }
    assertThat(minga(0, "cancel", "--all").out()).containsExactly("cancelled 0 tasks");
  }
}
