package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.minga.cli.control.ControlServer;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.control.MemoryDaemon;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands in this process, on a peer in memory. */
@Timeout(120)
final class CommandsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  private final MemoryDaemon daemon = new MemoryDaemon();
  private final Path directory;
  private InputStream in = InputStream.nullInputStream();
  private boolean isRunning = true;
  private boolean isWatched;

  CommandsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void quiet() {
    Verbosity.set(false);
  }

  private int minga(String... arguments) {
    Peers peers =
        new Peers() {
          @Override
          public Optional<Daemon> running(Path data) {
            return isRunning ? Optional.of(daemon) : Optional.empty();
          }

          @Override
          public Daemon forTheMoment(NetworkOptions network) {
            return daemon;
          }
        };
    return Minga.execute(
        new Surroundings(
            in,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            isWatched,
            () -> 0,
            directory,
            directory,
            peers),
        arguments);
  }

  private List<String> out() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private List<String> err() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "call double 21 | 42",
        "call echo | null",
        "call echo {\"a\":[1,2.50]} | {\"a\":[1,2.50]}",
        "call echo \"x\" | \"x\"",
        "call --text echo x | x",
        "call --json double 21 | {\"value\":42}",
        "call --timeout 5s --network lab double 1 | 2"
      })
  void call_printsTheResult(String arguments, String line) {
    assertThat(minga(arguments.split(" "))).isZero();
    assertThat(out()).containsExactly(line);
    assertThat(err()).isEmpty();
  }

  @Test
  void call_withADash_readsStandardInput() {
    in = new ByteArrayInputStream("[1,\n2]\n".getBytes(StandardCharsets.UTF_8));

    assertThat(minga("call", "echo", "-")).isZero();
    assertThat(out()).containsExactly("[1,2]");
  }

  @Test
  void call_ofATaskThatFails_exitsWith3_withoutAStack() {
    assertThat(minga("call", "fail", "1")).isEqualTo(3);
    assertThat(out()).isEmpty();
    assertThat(err())
        .containsExactly(
            "minga: fail failed (FAILED, 3 attempts, on 12D3KooWMemory, task bafy): it broke");
  }

  @Test
  void call_ofATaskThatFails_verbose_hasTheStack() {
    assertThat(minga("call", "--verbose", "--json", "fail", "1")).isEqualTo(3);
    assertThat(Json.parse(out().get(0)).path("failed").path("kind").asText()).isEqualTo("FAILED");
    assertThat(err()).hasSize(2).contains("at io.there");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "call | 2 | Missing required parameter: 'FUNCTION'",
        "call echo x | 2 | the input is no JSON: Unrecognized token 'x'",
        "call echo [1 | 2 | the input is no JSON",
        "call echo 1 --timeout soon | 2 | 'soon' is no time; it should be like 500ms, 30s, 5m, 2h",
        "call --network other echo 1 | 1 | is of the network lab, not other",
        "map echo /nowhere/file | 1 | there is no file /nowhere/file; - is standard input",
        "trial frob | 2 | there is no trial 'frob'; minga trial lists them",
        "trial hosts --runs 0 | 2 | --runs is 1 or more, not 0",
        "tasks --limit 0 | 2 | --limit is 1 to 10000, not 0",
        "tasks --state lost | 2 | 'lost' is no state; there are waiting, handed-out, queued,",
        "cancel | 2 | name the tasks that are to be cancelled, or say --all; minga tasks lists"
            + " them",
        "cancel --all bafy1 | 2 | name the tasks that are to be cancelled, or say --all",
        "cancel bafy7 | 1 | this peer knows of no task bafy7",
        "cancel bafy3 | 1 | bafy3 (echo) is not open any more: it is done",
        "explain bafy7 | 1 | this peer knows of no task bafy7",
        "explain | 2 | Missing required parameter: 'CID'",
        "--json | 2 | there is no option --json; minga --help shows how it is used",
        "statsu | 2 | there is no command statsu (status or start",
        "status now | 2 | 'now' is too much; minga status --help shows how it is used",
        "call --timout 1s | 2 | there is no option --timout (--timeout?); minga call --help",
        "quux | 2 | there is no command quux; minga --help shows how it is used"
      })
  void wrongCall_isOneLine_withWhatIsWrong(String arguments, int exitCode, String words) {
    assertThat(minga(arguments.split(" "))).isEqualTo(exitCode);
    assertThat(err()).hasSize(1);
    assertThat(err().get(0)).startsWith("minga: ").contains(words);
  }

  @Test
  void map_printsResultsInOrder_asTheyStandInTheFile() throws Exception {
    Path file = directory.resolve("tasks");
    Files.writeString(file, "1\n\n2\r\n \t\r\n3");

    assertThat(minga("map", "double", file.toString())).isZero();
    assertThat(out()).containsExactly("2", "4", "6");
    assertThat(err()).isEmpty();
  }

  @Test
  void map_ofText_takesEveryLine_asAShellLoopDoes() throws Exception {
    Path file = directory.resolve("tasks");
    Files.writeString(file, "one\n\n  two \n\n");

    assertThat(minga("map", "--text", "echo", file.toString())).isZero();
    assertThat(out()).containsExactly("one", "", "  two ", "");
    assertThat(err()).isEmpty();
  }

  @Test
  void map_ofManyLines_keepsTheirOrder() {
    String lines =
        IntStream.range(0, 100_000).mapToObj(String::valueOf).collect(Collectors.joining("\n"));
    in = new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));

    assertThat(minga("map", "echo", "-")).isZero();
    assertThat(String.join("\n", out())).isEqualTo(lines);
  }

  @Test
  void map_withALineThatIsTooLarge_orSlowInput_losesNothing() {
    String large = "x".repeat(300_000);
    in =
        new ByteArrayInputStream(
            ("1\n".repeat(300) + large + "\n" + "2\n".repeat(300))
                .getBytes(StandardCharsets.UTF_8));

    assertThat(minga("map", "--text", "echo", "-")).isZero();
    assertThat(out()).hasSize(601).contains(large).startsWith("1").endsWith("2");
  }

  @Test
  void map_ofSlowTasks_keepsFewCallsOpen_andTheirOrder() throws Exception {
    int lines = 1000;
    in = new ByteArrayInputStream("0\n".repeat(lines).getBytes(StandardCharsets.UTF_8));
    Thread worker =
        new Thread(
            () -> {
              for (int done = 0; done < lines; ) {
                for (int next = daemon.waiting.size() - 1; next >= done; next--) { // the last first
                  daemon.waiting.get(next).complete(new Daemon.Value(IntNode.valueOf(next)));
                }
                done = (int) daemon.waiting.stream().takeWhile(CompletableFuture::isDone).count();
              }
            });
    worker.start();

    assertThat(minga("map", "held", "-")).isZero();

    worker.join();
    assertThat(out()).isEqualTo(IntStream.range(0, lines).mapToObj(String::valueOf).toList());
    assertThat(daemon.openMost.get()).isLessThanOrEqualTo(lines);
  }

  @Test
  void map_withTasksThatFail_saysWhich_andExitsWith3() {
    in = new ByteArrayInputStream("1\n2\n".repeat(8).getBytes(StandardCharsets.UTF_8));

    assertThat(minga("map", "fail", "-")).isEqualTo(3);
    assertThat(out()).hasSize(16).containsOnly("null");
    assertThat(err())
        .hasSize(11)
        .startsWith(
            "minga: line 1: fail failed (FAILED, 3 attempts, on 12D3KooWMemory, task bafy): it"
                + " broke")
        .endsWith("minga: 16 tasks failed in all");
  }

  @Test
  void map_inJson_numbersTheLines() {
    in = new ByteArrayInputStream("a\n\nb\n".getBytes(StandardCharsets.UTF_8));

    assertThat(minga("map", "--json", "--text", "echo", "-")).isZero();
    assertThat(out())
        .containsExactly(
            "{\"line\":1,\"value\":\"a\"}",
            "{\"line\":2,\"value\":\"\"}",
            "{\"line\":3,\"value\":\"b\"}");
    in = new ByteArrayInputStream("1\n\n2\n".getBytes(StandardCharsets.UTF_8));
    assertThat(minga("map", "--json", "echo", "-")).isZero();
    assertThat(out()).endsWith("{\"line\":1,\"value\":1}", "{\"line\":3,\"value\":2}");
  }

  @Test
  void map_withALineThatIsNoJson_printsWhatWasBefore_andSaysWhere() {
    in = new ByteArrayInputStream("1\nx\n2\n".getBytes(StandardCharsets.UTF_8));

    assertThat(minga("map", "echo", "-")).isEqualTo(1);
    assertThat(out()).containsExactly("1");
    assertThat(err()).hasSize(1);
    assertThat(err().get(0))
        .startsWith("minga: line 2: it is no JSON: Unrecognized token 'x'")
        .endsWith("; --text takes lines as they are");
  }

  @Test
  void map_onATerminal_showsABar_onStandardErrorAlone() throws Exception {
    isWatched = true;
    Path file = directory.resolve("tasks");
    Files.writeString(file, "1\n\n2\n3");

    assertThat(minga("map", "double", file.toString())).isZero();
    assertThat(out()).containsExactly("2", "4", "6");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("double  [########################] 3/3");
  }

  @Test
  void lists_areTables() {
    assertThat(minga("peers")).isZero();
    assertThat(minga("functions")).isZero();
    assertThat(minga("tasks", "--limit", "3", "--state", "queued,done")).isZero();

    assertThat(out())
        .containsExactly(
            "PEER            STATE   SLOTS  QUEUED  DONE  FINISHES IN  TAGS",
            "12D3KooWMemory  self        4   1,200    77       22.5 s  -",
            "12D3KooWOther   silent     16       3     8         6 ms  gpu large",
            "FUNCTION  PEERS  HERE     TAKES",
            "echo          2  yes   0.013 ms",
            "sleep         1  no       1.5 s",
            "TASK   FUNCTION  STATE     AGE  TOOK  ATTEMPTS  WHERE      FROM",
            "bafy0  echo      queued   0 ms     -         0  -          here",
            "bafy1  echo      done    10 ms  4 ms         1  here       here",
            "bafy2  echo      queued  20 ms     -         1  …erMemory  …erMemory");
  }

  @Test
  void trial_withoutAName_listsThem() {
    assertThat(minga("trial")).isZero();

    assertThat(out()).hasSizeGreaterThan(7).anyMatch(line -> line.startsWith("kill "));
  }

  @Test
  void status_isAFewLines() {
    assertThat(minga("status")).isZero();

    assertThat(out())
        .containsExactly(
            "peer          12D3KooWMemory",
            "network       lab, 2 other peers",
            "address       /ip4/127.0.0.1/tcp/4001/p2p/12D3KooWMemory",
            "up            1 min 1 s",
            "slots         4, 3 of them busy",
            "waiting here  1,200 tasks, 1 min 30 s of work",
            "ran here      2,000 tasks, whoever's they are",
            "done          1,000,000 tasks of this peer's callers",
            "open          5 tasks of this peer's callers",
            "keeps         7 batches of other peers' durable jobs",
            "kept off      12D3KooWMemory gets no fib for 4.0 s, since it fails what others do not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status --json",
        "peers --json",
        "functions --json",
        "tasks --json --limit 3",
        "cancel bafy1 --json",
        "cancel --all --json",
        "explain bafy1 --json",
        "id --json"
      })
  void json_isAnObjectALine(String arguments) {
    assertThat(minga(arguments.split(" "))).isZero();
    assertThat(out()).isNotEmpty().allMatch(line -> Json.parse(line).isObject());
    assertThat(err()).isEmpty();
  }

  @Test
  void cancel_forPeople() {
    assertThat(minga("cancel", "bafy1")).isZero();
    assertThat(minga("cancel", "--all")).isZero();
    assertThat(minga("cancel", "bafy3", "bafy1", "bafy7")).isEqualTo(1);

    assertThat(out())
        .containsExactly(
            "cancelled bafy1 (echo): it was running here",
            "cancelled 1,200 tasks",
            "cancelled bafy1 (echo): it was running here");
    assertThat(err())
        .containsExactly(
            "minga: bafy3 (echo) is not open any more: it is done",
            "minga: this peer knows of no task bafy7");
  }

  @Test
  void explain_forPeople() {
    assertThat(minga("explain", "bafy1")).isZero();

    assertThat(out())
        .containsExactly(
            "task      bafy1",
            "function  echo",
            "came in   here",
            "state     running, here, for 10 ms so far, 1 attempt",
            "     0.0 ms  came in",
            "      1.5 s  handed to …erMemory, attempt 1: nobody else can run it now",
            "      2.0 s  a-later-versions this peer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks", "cancel bafy1", "explain bafy1"})
  void question_withoutAPeer_saysWhatToDo(String arguments) {
    isRunning = false;

    assertThat(minga(arguments.split(" "))).isEqualTo(1);
    assertThat(err())
        .containsExactly(
            "minga: no peer runs with the data directory %s/.minga; start one with minga start, or"
                    .formatted(directory)
                + " name the directory of one with --data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "peers", "functions"})
  void tables_withoutAPeer_areThoseOfOneThatLooksAround_andSaysSo(String command) {
    isRunning = false;

    assertThat(minga(command, "--wait", "1ms")).isZero();
    assertThat(out()).hasSizeGreaterThan(2);
    assertThat(err())
        .containsExactly(
            "minga: no peer runs with the data directory %s/.minga, so one looked around for 1 ms"
                    .formatted(directory)
                + " and found one other");
  }

  @Test
  void id_makesAKey_andStaysTheSame() {
    String data = directory.resolve("of-its-own").toString();

    assertThat(minga("id", "--data", data)).isZero();
    assertThat(minga("id", "--data", data)).isZero();

    assertThat(out()).hasSize(2);
    assertThat(out().get(0)).startsWith("12D3KooW").isEqualTo(out().get(1));
  }

  @Test
  void option_isTakenFromTheEnvironment_unlessItIsGiven() {
    environment.put("MINGA_JSON", "true");
    environment.put("MINGA_LIMIT", "2");

    assertThat(minga("tasks")).isZero();
    assertThat(minga("tasks", "--limit", "1")).isZero();

    assertThat(out()).hasSize(3).allMatch(line -> line.startsWith("{"));
  }

  @Test
  void everyCommand_hasHelp_withAnExample() {
    List<String> names = new ArrayList<>();
    Minga.commandLine(Surroundings.ofProcess())
        .getSubcommands()
        .forEach(
            (name, line) -> {
              names.add(name);
              assertThat(line.getUsageMessage()).as(name).contains("Example", "  minga " + name);
            });
    assertThat(names)
        .contains("start", "call", "map", "status", "peers", "tasks", "explain", "cancel", "id");
  }

  @Test
  void realPeers_areFoundByTheirSocket() throws Exception {
    Path data = Files.createTempDirectory("minga");
    try (ControlServer server = ControlServer.start(DataDirectory.controlSocket(data), daemon)) {
      try (Daemon found = new RealPeers().running(data).orElseThrow()) {
        assertThat(Asking.get(found.status()).network()).isEqualTo("lab");
      }
      assertThat(server).isNotNull();
    }
    assertThat(new RealPeers().running(data)).isEmpty();
    Files.delete(data);
  }
}
