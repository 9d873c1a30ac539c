package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.IntNode;
import io.minga.cli.control.Daemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that kills the processes of its workers, for real, ends after the second. */
final class QuarantineTest {
  private static final String LISTEN = "/ip4/127.0.0.1/tcp/0";

  /** Its grandparent is the peer. */
  private static final String KILLER =
      """
      #!/bin/sh
      read -r stat < "/proc/$PPID/stat"
      set -- $stat
      kill -9 "$4"
      sleep 60
      """;

  private final Path directory;

  QuarantineTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path killer() throws IOException {
    Path script = Files.writeString(directory.resolve("killer"), KILLER);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  @Test
  void taskThatKillsItsWorkers_endsAfterTheSecond() throws Exception {
    Path data = Files.createTempDirectory("minga"); // short, for the socket
    List<MingaProcess> workers = new ArrayList<>();
    try (MingaProcess caller =
        MingaProcess.start(
            "start",
            "--json",
            "--no-mdns",
            "--listen",
            LISTEN,
            "--slots",
            "0",
            "--data",
            data.toString())) {
      String address = caller.awaitEvent("started").path("addresses").get(0).asText();
      for (int i = 0; i < 3; i++) {
        workers.add(
            MingaProcess.start(
                "start",
                "--json",
                "--no-mdns",
                "--listen",
                LISTEN,
                "--bootstrap",
                address,
                "--slots",
                "1",
                "--data",
                directory.resolve("data" + i).toString(),
                "--allow-command",
                "killer=" + killer()));
      }
      for (MingaProcess worker : workers) {
        worker.awaitEvent("joined");
      }
      try (Daemon daemon = new RealPeers().running(data).orElseThrow()) {
        await().atMost(Duration.ofSeconds(60)).until(() -> daemon.peers().get().size() == 4);

        Daemon.Outcome outcome =
            Asking.get(daemon.call("killer", IntNode.valueOf(1), Daemon.Way.DEFAULT));

        assertThat(((Daemon.Failed) outcome).kind()).isEqualTo("WORKER_DIED");
        assertThat(((Daemon.Failed) outcome).message()).contains("on 2 peers when they died");
        assertThat(workers.stream().filter(MingaProcess::isAlive)).hasSize(1);
      }
    } finally {
      workers.forEach(MingaProcess::close);
    }
  }
}
