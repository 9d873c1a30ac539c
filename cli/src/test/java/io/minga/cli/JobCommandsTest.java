package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Durable jobs by commands, of a peer that is killed and started again. */
@Timeout(300)
final class JobCommandsTest {
  private final List<MingaProcess> processes = new ArrayList<>();
  private final Path data;

  JobCommandsTest(@TempDir Path directory) {
    data = directory.resolve("d");
  }

  @AfterEach
  void killWhatIsLeft() {
    processes.forEach(MingaProcess::close);
  }

  private MingaProcess start(int slots) throws IOException {
    return start(data, slots);
  }

  private MingaProcess start(Path at, int slots, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("start", "--json", "--no-mdns", "--listen", "/ip4/127.0.0.1/tcp/0"));
    arguments.addAll(List.of("--slots", "" + slots, "--data", at.toString()));
    arguments.addAll(List.of(more));
    MingaProcess peer = MingaProcess.start(arguments.toArray(String[]::new));
    processes.add(peer);
    peer.awaitEvent("started");
    return peer;
  }

  private MingaProcess run(int exitCode, String... words) throws Exception {
    return runAt(data, exitCode, words);
  }

  private MingaProcess runAt(Path at, int exitCode, String... words) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.addAll(List.of("--data", at.toString()));
    MingaProcess command = MingaProcess.start(arguments.toArray(String[]::new));
    processes.add(command);
    assertThat(command.exitCode())
        .as("%s said %s and %s", arguments, command.out(), command.err())
        .isEqualTo(exitCode);
    return command;
  }

  @Test
  void jobSurvives_theDeathOfItsPeer() throws Exception {
    MingaProcess first = start(0);
    String job = run(0, "submit", "echo", "1", "\"two\"", "[3]").out().get(0);
    assertThat(job).matches("[0-9a-f]{16}-1");
    assertThat(run(1, "result", job).err())
        .singleElement()
        .asString()
        .contains("0 of 3 tasks of job " + job + " have ended");
    assertThat(run(0, "jobs", "--json").out())
        .singleElement()
        .asString()
        .contains("\"state\":\"open\"");
    first.close();
    first.exitCode();

    MingaProcess second = start(1);
    assertThat(run(0, "result", job, "--wait").out()).containsExactly("1", "\"two\"", "[3]");
    assertThat(run(0, "jobs").out()).hasSize(2).last().asString().contains(job, "done");
    assertThat(run(0, "doctor", "--journal").out()).anyMatch(it -> it.contains("has it open"));
    second.terminate();
    assertThat(second.exitCode()).isZero();

    assertThat(run(0, "doctor", "--journal").out())
        .anyMatch(it -> it.contains("1 jobs with 0 open tasks"))
        .anyMatch(it -> it.contains("every row is as it was written"));
    damage(data.resolve("journal.db"));
    MingaProcess doctor = run(1, "doctor", "--journal");
    assertThat(doctor.err()).anyMatch(it -> it.contains("is damaged"));
  }

  @Test
  void exclusiveJob_isDone_andSaysForWhomItWaits() throws Exception {
    start(1);
    MingaProcess submit = run(0, "submit", "--exclusive", "echo", "4");

    assertThat(submit.err()).anyMatch(it -> it.contains("wait while this peer is away"));
    String job = submit.out().get(0);
    assertThat(run(0, "result", job, "--wait").out()).containsExactly("4");
  }

  @Test
  void results_areReadAtAnotherPeer_whenTheFirstIsDead() throws Exception {
    Path other = data.resolveSibling("e");
    MingaProcess first = start(1);
    String address = first.events("started").get(0).path("addresses").get(0).asText();
    start(other, 1, "--bootstrap", address).awaitEvent("joined");
    first.awaitEvent("joined");
    String job = run(0, "submit", "echo", "1", "\"two\"", "[3]").out().get(0);
    List<String> there = run(0, "result", job, "--wait").out();
    assertThat(there).containsExactly("1", "\"two\"", "[3]");
    assertThat(runAt(other, 0, "result", job, "--wait").out()).isEqualTo(there);
    assertThat(runAt(other, 0, "jobs", "--json").out())
        .singleElement()
        .asString()
        .contains(job, "\"state\":\"done\"", "\"here\":false");

    first.close();
    first.exitCode();

    // A copy that hadn't heard of all outcomes has what is missing run again: hence --wait.
    assertThat(runAt(other, 0, "result", job, "--wait").out()).isEqualTo(there);
    assertThat(runAt(other, 1, "result", "0123456789abcdef-1").err())
        .singleElement()
        .asString()
        .contains("neither this peer nor one that it is connected with knows a job");
  }

  private static void damage(Path journal) throws IOException {
    byte[] bytes = Files.readAllBytes(journal);
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[all.indexOf("echo")] ^= 1;
    Files.write(journal, bytes);
  }
}
