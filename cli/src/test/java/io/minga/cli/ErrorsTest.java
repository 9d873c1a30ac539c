package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.minga.node.handlers.HandlerProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a user sees at the command of what goes wrong at another peer, which is a process of its
 * own; docs/errors.md has these lines. Another call that runs there meanwhile is not hurt.
 */
@Timeout(300)
final class ErrorsTest {
  private static final String LISTEN = "/ip4/127.0.0.1/tcp/0";
  private static final Duration LONG = Duration.ofSeconds(60);

  private static Path directory;
  private static final List<MingaProcess> PEERS = new ArrayList<>();

  /** Has no slots, so that all runs at the other one. */
  private static MingaProcess asked;

  private static MingaProcess worker;
  private static String bootstrap;
  private static Path data;

  @BeforeAll
  static void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    data = Files.createTempDirectory("minga"); // a socket's path may not be long
    asked = peer("--network", "lab", "--slots", "0", "--data", data.toString());
    bootstrap = asked.awaitEvent("started").path("addresses").get(0).asText();
    worker =
        peer(
            "--network",
            "lab",
            "--slots",
            "4",
            "--bootstrap",
            bootstrap,
            "--handlers",
            handlers().toString(),
            "--allow-command",
            "exits=/bin/sh -c echo\\ no\\ luck\\ >&2;exit\\ 7",
            "--allow-command",
            "killed=/bin/sh -c kill\\ -9\\ $$",
            "--allow-command",
            "floods=/usr/bin/yes",
            "--allow-command",
            "gone=" + gone());
    worker.awaitEvent("started");
    Files.delete(directory.resolve("gone"));
    await().atMost(LONG).until(() -> minga("call", "echo", "1").exitCode() == 0);
  }

  @AfterAll
  static void end() {
    PEERS.forEach(MingaProcess::close);
  }

  private static MingaProcess peer(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("start", "--json", "--no-mdns", "--listen", LISTEN));
    all.addAll(List.of(arguments));
    MingaProcess peer = MingaProcess.start(all.toArray(String[]::new));
    PEERS.add(peer);
    return peer;
  }

  private static Path handlers() throws Exception {
    Path jars = Files.createDirectory(directory.resolve("handlers"));
    try (OutputStream out = Files.newOutputStream(jars.resolve("bad.jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry("META-INF/services/" + HandlerProvider.class.getName()));
      jar.write(BadHandlers.class.getName().getBytes(StandardCharsets.UTF_8));
      String name = BadHandlers.class.getName().replace('.', '/') + ".class";
      jar.putNextEntry(new JarEntry(name));
      try (InputStream in = BadHandlers.class.getClassLoader().getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(name);
        }
        in.transferTo(jar);
      }
    }
    return jars;
  }

  /** A program that is there when the peer starts. */
  private static Path gone() throws Exception {
    Path program = Files.writeString(directory.resolve("gone"), "#!/bin/sh\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private record Said(int exitCode, List<String> out, List<String> err) {}

  /** Runs a command in this process, which talks to the peer without slots. */
  private static Said minga(String... arguments) {
    return minga(data, InputStream.nullInputStream(), arguments);
  }

  private static Said minga(Path data, InputStream in, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", data.toString()));
    int exitCode =
        Minga.execute(
            new Surroundings(
                in,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                false,
                System::nanoTime,
                directory,
                directory,
                new RealPeers()),
            all.toArray(String[]::new));
    return new Said(
        exitCode,
        out.toString(StandardCharsets.UTF_8).lines().toList(),
        err.toString(StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.replaceFirst(", task bafi[a-z2-7]+", "")) // another each time
            .toList());
  }

  /** Waits until the peer has told of such a trouble; of others it may tell on a slow machine. */
  private static void awaitTrouble(MingaProcess peer, String words) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(peer.events("trouble"))
                    .anyMatch(it -> it.path("message").asText().contains(words)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "call no.such 1 | minga: no.such failed (UNKNOWN_FUNCTION): neither this peer nor the other"
            + " one known here runs no.such",
        "call throws 1 | minga: throws failed (HANDLER, 3 attempts, on %WORKER%):"
            + " java.lang.IllegalStateException: no luck today",
        "call sleep 60000 --timeout 200ms | minga: sleep failed (TIMEOUT, 3 attempts, on %WORKER%):"
            + " it ran for more than 200 ms",
        "call sleep -1 | minga: sleep failed (BAD_INPUT, on %WORKER%): sleep takes 0 to 86400000"
            + " milliseconds, not -1",
        "call sleep \"long\" | minga: sleep failed (BAD_INPUT, on %WORKER%): sleep takes an"
            + " integer: ",
        "call no.value 1 | minga: no.value failed (BAD_RESULT, on %WORKER%): the result can't be"
            + " shown: ",
        "call exits 1 | minga: exits failed (HANDLER, 3 attempts, on %WORKER%): the program of"
            + " exits ended with code 7: no luck",
        "call killed 1 | minga: killed failed (HANDLER, 3 attempts, on %WORKER%): the program of"
            + " killed ended with code 137",
        "call floods 1 | minga: floods failed (LIMIT, 3 attempts, on %WORKER%): the program of"
            + " floods wrote more than the 67108864 B of output that it may",
        "call gone 1 | minga: gone failed (HANDLER, 3 attempts, on %WORKER%): the program"
            + " %DIR%/gone of gone could not be started; is it still there and executable?"
      })
  void call_thatFails_isOneLine_andExitCode3(String arguments, String line) {
    String expected =
        line.replace("%WORKER%", worker.awaitEvent("started").path("peer").asText())
            .replace("%DIR%", directory.toString());
    CompletableFuture<Said> other =
        CompletableFuture.supplyAsync(() -> minga("call", "sleep", "300"));

    Said said = minga(arguments.split(" ", -1));

    assertThat(said.exitCode()).as("%s", said).isEqualTo(3);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).hasSize(1);
    assertThat(said.err().get(0)).startsWith(expected);
    assertThat(other.join().out()).containsExactly("300");
  }

  @Test
  void handlerThatIgnoresInterruption_isLeftBehind_andThePeerSaysSo() {
    Said said = minga("call", "deaf", "1", "--timeout", "200ms");

    assertThat(said.exitCode()).isEqualTo(3);
    assertThat(said.err().get(0)).contains("it ran for more than 200 ms");
    awaitTrouble(worker, "a handler ignores that task ");
    awaitTrouble(worker, "its slot has a new thread, and 1 in all are lost to such handlers");
    assertThat(minga("call", "sleep", "1").out()).containsExactly("1");
  }

  @Test
  void functionThatNobodyRuns_whereNobodyElseIs() throws Exception {
    Path alone = Files.createTempDirectory("minga");
    peer("--network", "alone", "--slots", "0", "--data", alone.toString()).awaitEvent("started");

    Said said = minga(alone, InputStream.nullInputStream(), "call", "echo", "1");

    assertThat(said.exitCode()).isEqualTo(3);
    assertThat(said.err())
        .containsExactly(
            "minga: echo failed (UNKNOWN_FUNCTION): this peer does not run echo, and knows no other"
                + " in the network alone");
  }

  @Test
  void inputThatIsTooLarge_isNotRead() {
    byte[] large = new byte[(64 << 20) + 1];

    Said said = minga(data, new ByteArrayInputStream(large), "call", "--text", "echo", "-");

    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.err())
        .containsExactly("minga: the input has more than the 67108864 B that it may");
  }

  @Test
  void peerOfAnotherNetwork_isNamed_andGetsNoWork() throws Exception {
    MingaProcess stranger =
        peer(
            "--network",
            "elsewhere",
            "--bootstrap",
            bootstrap,
            "--allow-command",
            "only.there=/bin/cat");
    String id = stranger.awaitEvent("started").path("peer").asText();

    awaitTrouble(
        stranger,
        asked.awaitEvent("started").path("peer").asText()
            + " is of the network lab, and this peer of elsewhere: neither gets work from the"
            + " other");
    awaitTrouble(asked, id + " is of the network elsewhere");
    assertThat(minga("call", "only.there", "1").err())
        .containsExactly(
            "minga: only.there failed (UNKNOWN_FUNCTION): neither this peer nor the other one"
                + " known here runs only.there");
    assertThat(minga("call", "--network", "elsewhere", "echo", "1").err())
        .containsExactly(
            "minga: the peer of %s is of the network lab, not elsewhere; name another directory"
                    .formatted(data)
                + " with --data");
  }

  @Test
  void peerWithAnotherKey_orNone_saysWhatMayBeWrong() throws Exception {
    MingaProcess closed = peer("--psk", key(1).toString());
    String at = closed.awaitEvent("started").path("addresses").get(0).asText();

    MingaProcess withAnother = peer("--psk", key(2).toString(), "--bootstrap", at);
    MingaProcess withNone = peer("--bootstrap", at);

    awaitTrouble(withAnother, "its pre-shared key may be another, or none");
    awaitTrouble(withNone, "it may be of a private network, with a pre-shared key");
    assertThat(closed.events("joined")).isEmpty();
  }

  private static Path key(int last) throws Exception {
    return Files.writeString(
        directory.resolve("key" + last),
        "/key/swarm/psk/1.0.0/\n/base16/\n%064d\n".formatted(last));
  }
}
