package io.minga.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.minga.libp2p.HostException;
import io.minga.node.Neighbours.Wire;
import io.minga.node.task.Outcome;
import io.minga.node.value.ValueException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments and results of any size up to the limit, between peers that talk over TCP. */
@Timeout(120)
final class LargeArgumentsTest {
  private static final int MIB = 1 << 20;

  /** What CBOR puts before so many bytes. */
  private static final int PREFIX_BYTES = 5;

  /** Two peers: 0 calls and has no slot, 1 works and has two. */
  private static Neighbours pair() throws HostException {
    Neighbours neighbours = Neighbours.start(Wire.TCP, 0, 0);
    neighbours.join(0);
    neighbours.join(2);
    return neighbours;
  }

  private static byte[] bytes(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_531, 65_536, 65_537, 300_000, 5 * MIB + 1, 64 * MIB - PREFIX_BYTES})
  void bytes_goThereAndBack(int size) throws HostException {
    byte[] argument = bytes(size, size);
    try (Neighbours pair = pair()) {
      pair.peer(1).register("echo", byte[].class, byte[].class, it -> it);
      byte[] result =
          pair.peer(0).function("echo", byte[].class, byte[].class).call(argument).join();
      assertThat(Arrays.equals(result, argument)).isTrue();
    }
  }

  /** A value with parts. */
  record Picture(String title, List<Integer> sizes, String pixels) {}

  @Test
  void textsAndRecords_goToo() throws HostException {
    String text = "größer ".repeat(300_000);
    try (Neighbours pair = pair()) {
      pair.peer(1).register("upper", String.class, String.class, it -> it + "!");
      pair.peer(1)
          .register(
              "turn",
              Picture.class,
              Picture.class,
              it -> new Picture(it.title(), List.of(2, 1), it.pixels().repeat(2)));
      assertThat(pair.peer(0).function("upper", String.class, String.class).call(text).join())
          .isEqualTo(text + "!");
      Picture turned =
          pair.peer(0)
              .function("turn", Picture.class, Picture.class)
              .call(new Picture("a", List.of(1, 2), "b".repeat(2 * MIB)))
              .join();
      assertThat(turned.title()).isEqualTo("a");
      assertThat(turned.pixels()).isEqualTo("b".repeat(4 * MIB));
    }
  }

  @Test
  void peerAlone_takesThemToo() {
    try (Peer peer = Peer.local(2)) {
      RemoteFunction<byte[], byte[]> echo =
          peer.register("echo", byte[].class, byte[].class, it -> it);
      assertThat(echo.call(bytes(1, MIB)).join()).isEqualTo(bytes(1, MIB));
      assertThat(echo.memoized().call(bytes(1, MIB)).join()).isEqualTo(bytes(1, MIB));
      assertThat(echo.memoized().call(bytes(1, MIB)).join()).isEqualTo(bytes(1, MIB));
    }
  }

  @Test
  void jobOfLargeArguments_hasAllResultsInOrder() throws HostException {
    try (Neighbours pair = pair()) {
      pair.peer(1).register("echo", byte[].class, byte[].class, it -> it);
      AtomicInteger next = new AtomicInteger();
      pair.peer(0)
          .function("echo", byte[].class, byte[].class)
          .map(IntStream.range(0, 60).mapToObj(it -> bytes(it, MIB + it)).toList())
          .results()
          .forEach(
              result -> {
                int index = next.getAndIncrement();
                assertThat(Arrays.equals(result, bytes(index, MIB + index))).isTrue();
              });
      assertThat(next).hasValue(60);
    }
  }

  @Test
  void callsThatShareAnArgument_areAllAnswered() throws HostException {
    try (Neighbours pair = pair()) {
      pair.peer(1).register("length", byte[].class, Integer.class, it -> it.length);
      List<Integer> lengths =
          pair.peer(0)
              .function("length", byte[].class, Integer.class)
              .map(Collections.nCopies(20, bytes(1, 8 * MIB)))
              .results()
              .toList();
      assertThat(lengths).hasSize(20).containsOnly(8 * MIB);
    }
  }

  @Test
  void whatIsTooLarge_isRefused_withItsSizeAndTheLimit() throws HostException {
    try (Neighbours pair = pair()) {
      pair.peer(1).register("make", Integer.class, byte[].class, byte[]::new);
      RemoteFunction<byte[], byte[]> echo =
          pair.peer(0).function("echo", byte[].class, byte[].class);
      assertThatExceptionOfType(ValueException.class)
          .isThrownBy(() -> echo.call(new byte[64 * MIB]))
          .withMessageContaining("function echo, argument")
          .withMessageContaining("67108869 B")
          .withMessageContaining("67108864");
      RemoteFunction<Integer, byte[]> make =
          pair.peer(0).function("make", Integer.class, byte[].class);
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> make.call(64 * MIB).join())
          .havingCause()
          .isInstanceOf(TaskFailedException.class)
          .matches(it -> ((TaskFailedException) it).kind() == Outcome.Kind.BAD_RESULT)
          .withMessageContaining("function make, result")
          .withMessageContaining("67108869 B")
          .withMessageContaining("67108864");
    }
  }

  @Test
  void holderOfAResultThatIsKilled_isReplaced() throws Exception {
    try (Neighbours neighbours = Neighbours.start(Wire.TCP, 0, 0)) {
      Peer caller = neighbours.join(0);
      Process first = worker(neighbours);
      try (BufferedReader said =
          new BufferedReader(
              new InputStreamReader(first.getInputStream(), StandardCharsets.UTF_8))) {
        var call =
            caller
                .function("large", Integer.class, byte[].class)
                .with(CallOptions.DEFAULT.withAttemptsMax(1))
                .call(32 * MIB);
        assertThat(said.readLine()).isEqualTo(LargeWorker.MADE);
        first.destroyForcibly().onExit().join();
        Process second = worker(neighbours);
        try {
          assertThat(call.get(60, TimeUnit.SECONDS)).hasSize(32 * MIB);
        } finally {
          second.destroyForcibly().onExit().join();
        }
      } finally {
        first.destroyForcibly().onExit().join();
      }
    }
  }

  private static Process worker(Neighbours neighbours) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            LargeWorker.class.getName(),
            neighbours.network(),
            neighbours.peer(0).addresses().get(0).toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
