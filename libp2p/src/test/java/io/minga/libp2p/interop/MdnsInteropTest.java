package io.minga.libp2p.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.mdns.netty.MdnsProcess;
import io.minga.libp2p.mdns.netty.VethPair;
import io.minga.libp2p.peers.NumberedPeers;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Our discovery and that of go, rust and js, on two machines as far as they can tell: two network
 * namespaces with a cable between.
 */
final class MdnsInteropTest {
  private static final Duration FOUND_WITHIN = Duration.ofSeconds(60);
  private static final PeerId SELF = NumberedPeers.peer(1);

  /** Their peer, with its discovery on. */
  private static final class Theirs implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;
    private final JsonNode ready;

    Theirs(List<String> command, File log) throws IOException {
      process = new ProcessBuilder(command).redirectError(log).start();
      answers = process.inputReader();
      commands = process.outputWriter();
      ready = answer();
    }

    private JsonNode answer() throws IOException {
      String line = answers.readLine();
      if (line == null) {
        throw new IOException("the peer ended");
      }
      return JSON.readTree(line);
    }

    String id() {
      return ready.path("id").asText();
    }

    String address() {
      return PeerProcess.withoutPeer(ready.path("addrs").path(0).asText());
    }

    /** What it says our addresses are. */
    List<String> found(PeerId peer) throws IOException {
      commands.write("{\"id\":1,\"cmd\":\"mdnsFound\"}\n");
      commands.flush();
      JsonNode answer = answer();
      assertThat(answer.path("ok").asBoolean()).as("%s", answer).isTrue();
      List<String> addresses = new ArrayList<>();
      answer
          .path("peers")
          .path(peer.toString())
          .forEach(address -> addresses.add(PeerProcess.withoutPeer(address.asText())));
      return addresses;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GO", "RUST", "JS"})
  void peers_onTwoMachines_findEachOther(Library library) throws Exception {
    Optional<List<String>> executable = library.executable();
    assumeTrue(executable.isPresent(), () -> library.variable() + " names no executable");
    Optional<String> whyNot = VethPair.whyNot();
    assumeTrue(whyNot.isEmpty(), () -> whyNot.orElse(""));
    File log = new File("target/interop/mdns-" + library + ".log");
    File directory = log.getParentFile();
    assertThat(directory.isDirectory() || directory.mkdirs()).isTrue();

    try (VethPair pair = new VethPair();
        MdnsProcess ours =
            new MdnsProcess(
                command -> pair.at(0, command),
                SELF,
                VethPair.INTERFACE,
                List.of("/ip4/0.0.0.0/tcp/4001"));
        Theirs theirs = new Theirs(pair.at(1, theirs(executable.get(), pair)), log)) {
      Awaitility.await()
          .atMost(FOUND_WITHIN)
          .untilAsserted(
              () -> assertThat(ours.found()).contains(theirs.address() + "/p2p/" + theirs.id()));
      Awaitility.await()
          .atMost(FOUND_WITHIN)
          .pollInSameThread()
          .untilAsserted(
              () -> assertThat(theirs.found(SELF)).contains("/ip4/" + pair.ip4(0) + "/tcp/4001"));
    }
  }

  private static List<String> theirs(List<String> executable, VethPair pair) {
    List<String> command = new ArrayList<>(executable);
    command.addAll(
        List.of("--listen", "/ip4/" + pair.ip4(1) + "/tcp/0", "--security", "noise", "--mdns"));
    return command;
  }
}
