package io.minga.libp2p.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.minga.libp2p.interop.Pair.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Our host against real js, go, rust and py peers, and against itself: every {@link Check} over
 * noise and tls, dialled from either side. The executables come from the environment, as {@code
 * ./minga verify} sets it; without, this is skipped. Writes docs/interop.md when all languages are
 * there, and what it took to target/interop.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RealPeersInteropTest {
  private static final Path TARGET =
      Path.of(System.getProperty("basedir", "")).resolve("target/interop");
  private static final Path PAGE = Library.ROOT.resolve("docs/interop.md");

  private final InteropTable table = new InteropTable();
  private final List<Pair> pairs = new ArrayList<>();

  @TestFactory
  Stream<DynamicNode> matrix() {
    assumeTrue(
        anyForeignPeer(),
        "no MINGA_INTEROP_… names a peer: ./minga verify builds them and runs this");
    return Stream.of(Library.values())
        .map(
            library ->
                library.executable().isPresent()
                    ? dynamicContainer(library.title(), pairs(library))
                    : dynamicTest(library.title(), () -> skip(library)));
  }

  private static boolean anyForeignPeer() {
    return Stream.of(Library.values())
        .anyMatch(library -> library != Library.JAVA && library.executable().isPresent());
  }

  private static void skip(Library library) {
    assumeTrue(false, library.variable() + " names no peer");
  }

  private Stream<DynamicContainer> pairs(Library library) {
    List<Pair> pairs = new ArrayList<>();
    for (String security : List.of("noise", "tls")) {
      pairs.add(new Pair(library, security, Side.OURS, TARGET.resolve("logs")));
      if (library != Library.JAVA) {
        pairs.add(new Pair(library, security, Side.THEIRS, TARGET.resolve("logs")));
      }
    }
    return pairs.stream().map(pair -> dynamicContainer(pair.toString(), checks(pair)));
  }

  private Stream<DynamicNode> checks(Pair pair) {
    Stream<DynamicNode> checks =
        Stream.of(Check.values())
            .flatMap(
                check ->
                    Stream.of(Side.values())
                        .filter(asked -> asked == Side.OURS || check.fromBothSides())
                        .map(
                            asked ->
                                dynamicTest(title(check, asked), () -> run(pair, check, asked))));
    Stream<DynamicNode> last = Stream.of(dynamicTest("our logs", () -> assertNothingIsAmiss(pair)));
    return Stream.concat(checks, last);
  }

  private static String title(Check check, Side asked) {
    return check.fromBothSides()
        ? "%s, asked of %s".formatted(check.title(), asked)
        : check.title();
  }

  private void run(Pair pair, Check check, Side asked) {
    if (check == Check.CONNECT) {
      pairs.add(pair);
      table.begin(pair);
    }
    long startNanos = System.nanoTime();
    Optional<KnownLimit> limit = KnownLimit.of(pair.library, check, asked);
    try {
      check.run(pair, asked);
    } catch (AssertionError | RuntimeException e) {
      long nanos = System.nanoTime() - startNanos;
      if (limit.isPresent() && String.valueOf(e.getMessage()).contains(limit.get().failure())) {
        table.limited(limit.get(), nanos);
        return;
      }
      table.failed(check, asked, nanos);
      throw e;
    }
    table.passed(check, asked, System.nanoTime() - startNanos);
    assertThat(limit).as("a limit that is no more: delete it from KnownLimit").isEmpty();
  }

  /** A handler that threw, a defect of a connection, or a buffer that leaked is in the log. */
  private static void assertNothingIsAmiss(Pair pair) {
    pair.close();
    assertThat(pair.ourLogs()).doesNotContain("WARN io.", "ERROR io.", "LEAK");
  }

  @AfterAll
  void write() throws IOException {
    pairs.forEach(Pair::close);
    if (pairs.isEmpty()) {
      return;
    }
    Files.createDirectories(TARGET);
    Files.writeString(TARGET.resolve("timings.tsv"), table.timings());
    Files.writeString(TARGET.resolve("interop.md"), table.page());
    boolean complete = Stream.of(Library.values()).allMatch(l -> l.executable().isPresent());
    if (complete) {
      Files.writeString(PAGE, table.page());
    }
  }
}
