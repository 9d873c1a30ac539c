package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.minga.cli.control.Daemon;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code minga start} as processes of their own on this machine. */
@Timeout(300)
final class StartCommandTest {
  private static final String LISTEN = "/ip4/127.0.0.1/tcp/0";
  private static final double NANOS_PER_SECOND = 1e9;

  private final List<MingaProcess> processes = new ArrayList<>();
  private final Path directory;

  StartCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void killWhatIsLeft() {
    processes.forEach(MingaProcess::close);
  }

  @Test
  void threePeers_onOneLink_seeEachOther_andSeeOneLeaveInOrder() throws Exception {
    assumeTrue(
        NetworkInterface.getByName("lo") != null,
        "the loopback interface of this machine is not called lo");
    List<MingaProcess> peers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      peers.add(start("--json", "--listen", LISTEN, "--mdns-interface", "lo"));
    }
    List<String> ids = new ArrayList<>();
    for (MingaProcess peer : peers) {
      ids.add(peer.awaitEvent("started").path("peer").asText());
    }
    long lastStartedNanos = System.nanoTime();

    for (MingaProcess peer : peers) {
      List<String> others = new ArrayList<>(ids);
      others.remove(peer.awaitEvent("started").path("peer").asText());
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(peersOf(peer, "joined")).containsAll(others));
    }
    System.out.printf(
        "three peers saw each other %.2f s after the last was up%n",
        (System.nanoTime() - lastStartedNanos) / NANOS_PER_SECOND);

    peers.get(0).terminate();
    assertThat(peers.get(0).exitCode()).isZero();
    assertThat(peers.get(0).events("stopped")).hasSize(1);
    for (MingaProcess peer : peers.subList(1, 3)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(peersOf(peer, "left")).contains(ids.get(0)));
    }
  }

  @Test
  void peerWithData_isTheSameAfterARestart_andDialsWhomItRemembers() throws Exception {
    MingaProcess other = start("--json", "--no-mdns", "--listen", LISTEN);
    JsonNode otherStarted = other.awaitEvent("started");
    String data = directory.resolve("data").toString();
    MingaProcess first =
        start(
            "--json",
            "--no-mdns",
            "--listen",
            LISTEN,
            "--data",
            data,
            "--bootstrap",
            otherStarted.path("addresses").get(0).asText());
    first.awaitEvent("joined");
    MingaProcess second = start("--no-mdns", "--listen", LISTEN, "--data", data);
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err())
        .containsExactly(
            "minga: another peer uses the data directory %s; stop it, or name another with --data"
                .formatted(data));
    first.terminate();
    assertThat(first.exitCode()).isZero();

    MingaProcess again = start("--json", "--no-mdns", "--listen", LISTEN, "--data", data);

    JsonNode joined = again.awaitEvent("joined");
    assertThat(again.awaitEvent("started").path("peer"))
        .isEqualTo(first.awaitEvent("started").path("peer"));
    assertThat(joined.path("peer")).isEqualTo(otherStarted.path("peer"));
    assertThat(joined.path("source").asText()).isEqualTo("remembered");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(data))))
        .isEqualTo("rwx------");
  }

  @Test
  void peer_forPeople_saysWhoItIsAndWhere() throws Exception {
    MingaProcess peer = start("--no-mdns", "--listen", LISTEN);
    await().atMost(Duration.ofSeconds(60)).until(() -> peer.out().size() >= 5);

    peer.terminate();

    assertThat(peer.exitCode()).isZero();
    assertThat(String.join(" ", peer.out()))
        .matches(
            "(12D3KooW\\w+) is up \\(\\d+\\.\\d\\d s\\)"
                + "   /ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/\\1"
                + "   network minga, \\d+ slots   offers echo, hash, pi\\.sample, sleep"
                + "   data in \\S+ stopped");
    assertThat(peer.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--slots -1 | 2 | '--slots': '-1' is no number of slots, which is 0 or more; minga start"
            + " --help",
        "--slots few | 2 | Invalid value for option '--slots'",
        "--allow-command wc | 2 | a command is NAME=PATH, as in text.count=/usr/bin/wc",
        "--handlers /nowhere --data %DATA% | 1 | handler jars are looked for in /nowhere, which is"
            + " not",
        "--listen here | 2 | address 'here': an address starts with a slash",
        "--listen /ip4/127.0.0.1/udp/1 | 1 | can't listen on /ip4/127.0.0.1/udp/1",
        "--bootstrap /ip4/127.0.0.1/tcp/1 | 2 | does not say which peer is there",
        "--mdns-interface nowhere0 | 1 | this machine has no network interface nowhere0; it has",
        "--psk /nowhere/key | 1 | there is no pre-shared key file /nowhere/key",
        "--blocks /dev/null --data %DATA% | 1 | blocks can't be kept in /dev/null: it is no directory;"
            + " name a directory that may be written to",
        "--blocks-max much | 2 | '--blocks-max': 'much' is no size, which is a number of bytes, or"
            + " like 64k, 512m, 4g or 1t",
        "--data /dev/null | 1 | /dev/null is no directory; name another with --data",
        "--colour | 2 | there is no option --colour (--config?); minga start --help shows how it is"
            + " used"
      })
  void wrongCall_isOneLine_withWhatIsWrong(String arguments, int exitCode, String words)
      throws Exception {
    MingaProcess peer = start(arguments.replace("%DATA%", directory.toString()).split(" "));

    assertThat(peer.exitCode()).isEqualTo(exitCode);
    assertThat(peer.out()).isEmpty();
    assertThat(peer.err()).hasSize(1);
    assertThat(peer.err().get(0)).startsWith("minga: ").contains(words);
  }

  @Test
  void help_hasAnExample() throws Exception {
    MingaProcess peer = start("--help");

    assertThat(peer.exitCode()).isZero();
    assertThat(String.join("\n", peer.out())).contains("Examples:", "minga start", "--bootstrap");
  }

  @Test
  void peer_answersCommands_ofItsDataDirectory() throws Exception {
    Path data = Files.createTempDirectory("minga");
    Path config =
        Files.writeString(
            data.resolve("minga.yaml"), "network: lab\nallow-command: [cat=/bin/cat]\n");
    MingaProcess peer = start("--json", "--no-mdns", "--listen", LISTEN, "--data", data.toString());
    String id = peer.awaitEvent("started").path("peer").asText();
    assertThat(peer.awaitEvent("started").path("config").asText()).isEqualTo(config.toString());

    assertThat(minga(0, "status", "--json", "--data", data.toString()).get(0))
        .contains("\"peer\":\"" + id + "\",\"network\":\"lab\"");
    assertThat(minga(0, "functions", "--data", data.toString()))
        .anyMatch(line -> line.startsWith("pi.sample"))
        .anyMatch(line -> line.startsWith("cat "));
    assertThat(minga(0, "call", "hash", "\"minga\"", "--data", data.toString()))
        .containsExactly(
            "\"%s\""
                .formatted(
                    HexFormat.of()
                        .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                .digest("minga".getBytes(StandardCharsets.UTF_8)))));
    assertThat(minga(0, "call", "--text", "cat", "hello", "--data", data.toString()))
        .containsExactly("hello");
    assertThat(minga(3, "call", "pi.sample", "0", "--data", data.toString())).isEmpty();
    Path file = directory.resolve("lines");
    Files.writeString(file, "1\n\"two\"\n[3]\n");
    assertThat(minga(0, "map", "echo", file.toString(), "--data", data.toString()))
        .containsExactly("1", "\"two\"", "[3]");
    List<String> many = IntStream.range(0, 10_000).mapToObj(String::valueOf).toList();
    Files.write(file, many);
    assertThat(minga(0, "map", "echo", file.toString(), "--data", data.toString())).isEqualTo(many);

    peer.terminate();
    assertThat(peer.exitCode()).isZero();
    assertThat(data.resolve("control.sock")).doesNotExist();
  }

  @Test
  void map_thatIsStopped_cancelsItsJob() throws Exception {
    Path data = Files.createTempDirectory("minga");
    MingaProcess peer = start("--json", "--no-mdns", "--listen", LISTEN, "--data", data.toString());
    peer.awaitEvent("started");
    Path file = directory.resolve("naps");
    Files.writeString(file, "86400000\n".repeat(100));
    MingaProcess map =
        MingaProcess.start("map", "sleep", file.toString(), "--data", data.toString());
    processes.add(map);
    try (Daemon daemon = new RealPeers().running(data).orElseThrow()) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> daemon.status().get().open() == 100 && daemon.status().get().running() > 0);

      map.terminate();

      assertThat(map.exitCode()).isEqualTo(143);
      assertThat(map.err())
          .containsExactly("minga: stopped; 0 tasks had ended, the others are cancelled");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> daemon.status().get().open() == 0 && daemon.status().get().running() == 0);
    }
  }

  private List<String> minga(int exitCode, String... arguments) throws Exception {
    MingaProcess command = MingaProcess.start(arguments);
    processes.add(command);
    assertThat(command.exitCode()).as("%s", command.err()).isEqualTo(exitCode);
    return command.out();
  }

  @Test
  void quoted_isJson() throws Exception {
    String text = "a \"b\" \\ \n é \u0001";

    assertThat(new ObjectMapper().readTree(JsonReport.quoted(text)).asText()).isEqualTo(text);
  }

  private MingaProcess start(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("start"));
    all.addAll(List.of(arguments));
    MingaProcess process = MingaProcess.start(all.toArray(String[]::new));
    processes.add(process);
    return process;
  }

  private static List<String> peersOf(MingaProcess process, String event) {
    return process.events(event).stream().map(it -> it.path("peer").asText()).toList();
  }
}
