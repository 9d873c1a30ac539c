package io.minga.libp2p.store;

import static io.minga.libp2p.peers.NumberedPeers.peer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.discovery.RememberedPeer;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is remembered over a restart, and what becomes of a file that can't be read. */
final class PeersFileTest {
  private static final List<RememberedPeer> PEERS =
      List.of(
          new RememberedPeer(peer(1), List.of(address(1), Multiaddr.parse("/ip6/::1/tcp/4001"))),
          new RememberedPeer(peer(2), List.of(address(2))));

  @TempDir private Path directory = Path.of("");

  @Test
  void load_givesWhatWasSaved_inOrder() throws Exception {
    PeersFile file = new PeersFile(path());
    file.save(List.of());
    file.save(PEERS);

    assertThat(new PeersFile(path()).load().peers()).isEqualTo(PEERS);
    assertThat(Files.readString(path()))
        .isEqualTo(
            """
            minga-peers 1
            %s /ip4/10.0.0.1/tcp/4001 /ip6/::1/tcp/4001
            %s /ip4/10.0.0.2/tcp/4001
            """
                .formatted(peer(1), peer(2)));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-------");
    try (var files = Files.list(directory)) {
      assertThat(files).as("nothing else is left there").containsExactly(path());
    }
  }

  @Test
  void load_ofNoFile_isNobody_withoutComplaint() {
    assertThat(new PeersFile(path()).load())
        .isEqualTo(new PeersFile.Loaded(List.of(), Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "minga-peers 2 | it is of another version than 1",
        "something else | it does not begin with 'minga-peers 1'",
        "'' | it does not begin with 'minga-peers 1'",
        "minga-peers 1;12D3Koo | line 2: it has a peer id and 1 to 8 addresses",
        "minga-peers 1;nobody /ip4/10.0.0.1/tcp/1 | line 2: ",
        "minga-peers 1;QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN /ip4/10.0.0.1/tcp/99999 | 99999"
      })
  void load_ofWhatCantBeUsed_setsItAside_andSaysWhatWasWrong(String lines, String words)
      throws Exception {
    String contents = lines.replace(';', '\n') + "\n";
    Files.writeString(path(), contents);
    PeersFile file = new PeersFile(path());

    PeersFile.Loaded loaded = file.load();

    assertThat(loaded.peers()).isEmpty();
    assertThat(loaded.complaint())
        .hasValueSatisfying(
            it ->
                assertThat(it)
                    .startsWith("the remembered peers in " + path() + " can't be used (")
                    .contains(words)
                    .endsWith("), so there are none; the file is now " + path() + ".unusable"));
    assertThat(Path.of(path() + ".unusable")).hasContent(contents);
    assertThat(path()).doesNotExist();
    file.save(PEERS);
    assertThat(file.load().peers()).isEqualTo(PEERS);
  }

  @Test
  void load_ofAFileCutShort_neverGivesHalfAPeer() throws Exception {
    byte[] whole = PeersFile.encode(PEERS).toByteArray();
    for (int length = 0; length < whole.length; length++) {
      Files.write(path(), Arrays.copyOf(whole, length));
      assertThat(PEERS).as("cut at %d", length).containsAll(new PeersFile(path()).load().peers());
    }
  }

  @Test
  void load_ofAHugeFile_readsNoMoreThanItMay() throws Exception {
    Files.write(path(), new byte[1 << 20]);

    assertThat(new PeersFile(path()).load().complaint())
        .hasValueSatisfying(it -> assertThat(it).contains("it has more than 262144 bytes"));
  }

  @Test
  void save_whereThereIsNoDirectory_saysWhere() {
    Path nowhere = directory.resolve("absent/peers");

    assertThatThrownBy(() -> new PeersFile(nowhere).save(PEERS))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the remembered peers can't be written to " + nowhere);
  }

  @Test
  void save_overALeftoverOfACrash_replacesIt() throws Exception {
    Files.writeString(Path.of(path() + ".new"), "half a fi");

    new PeersFile(path()).save(PEERS);

    assertThat(new PeersFile(path()).load().peers()).isEqualTo(PEERS);
  }

  @Test
  void save_ofMorePeersThanMayBe_isOurMistake() {
    List<RememberedPeer> many =
        IntStream.range(0, 65)
            .mapToObj(it -> new RememberedPeer(peer(it), List.of(address(it))))
            .toList();

    assertThatThrownBy(() -> new PeersFile(path()).save(many))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void decode_ofHostileFiles_onlyRefuses_andWhatItTakesIsWhatItWouldWrite() {
    List<byte[]> corpus =
        List.of(
            PeersFile.encode(PEERS).toByteArray(),
            PeersFile.encode(List.of()).toByteArray(),
            "minga-peers 1\n\n".getBytes(UTF_8));
    Hostile.fuzz(
        7,
        corpus,
        input -> {
          List<RememberedPeer> peers = PeersFile.decode(Bytes.copyOf(input));
          assertThat(PeersFile.decode(PeersFile.encode(peers))).isEqualTo(peers);
          return peers;
        });
  }

  private Path path() {
    return directory.resolve("peers");
  }

  private static Multiaddr address(int number) {
    return Multiaddr.parse("/ip4/10.0.0." + number + "/tcp/4001");
  }
}
