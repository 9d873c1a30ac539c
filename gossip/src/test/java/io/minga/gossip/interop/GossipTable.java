package io.minga.gossip.interop;

import io.minga.libp2p.interop.Library;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes docs/interop-gossip.md of what {@link GossipInteropTest} finds, whenever it has run whole
 * and with all libraries: a row for each test, with what its name says, and a column for each
 * library.
 */
final class GossipTable implements BeforeEachCallback, TestWatcher, AfterAllCallback {
  private static final Path PAGE =
      Path.of(System.getProperty("basedir", ""))
          .toAbsolutePath()
          .resolve("../docs/interop-gossip.md");
  private static final List<Library> LIBRARIES =
      Stream.of(Library.values()).filter(it -> it != Library.JAVA).toList();

  private static final List<String> MARKS = List.of("✓", "✗", "–");

  /** Of each test and library a mark, or the limit that it shows. */
  private final Map<String, Map<Library, String>> rows = new TreeMap<>();

  private Optional<String> limit = Optional.empty();

  /** The test that runs shows a limit of the library, which {@code reason} states. */
  void limit(String reason) {
    limit = Optional.of(reason);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    limit = Optional.empty();
  }

  @Override
  public void testSuccessful(ExtensionContext context) {
    put(context, limit.orElse("✓"));
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    put(context, "✗");
  }

  @Override
  public void testAborted(ExtensionContext context, Throwable cause) {
    put(context, "–");
  }

  private void put(ExtensionContext context, String result) {
    Library library =
        LIBRARIES.stream()
            .filter(it -> context.getDisplayName().contains(it.name()))
            .findFirst()
            .orElseThrow();
    rows.computeIfAbsent(sentence(context), sentence -> new EnumMap<>(Library.class))
        .merge(library, result, (before, now) -> before.equals("✓") ? now : before);
  }

  /** {@code whoLeaves_isForgotten} is "who leaves is forgotten". */
  private static String sentence(ExtensionContext context) {
    return context
        .getRequiredTestMethod()
        .getName()
        .replace("_", " ")
        .replaceAll("(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    long tests =
        Stream.of(context.getRequiredTestClass().getDeclaredMethods())
            .filter(it -> it.getAnnotations().length > 0 && it.getParameterCount() > 0)
            .count();
    boolean whole =
        rows.size() == tests
            && rows.values().stream().allMatch(it -> it.size() == LIBRARIES.size());
    if (whole && LIBRARIES.stream().allMatch(it -> it.executable().isPresent())) {
      Files.writeString(PAGE, page());
    }
  }

  private String page() {
    StringBuilder page = new StringBuilder();
    page.append("# What works with whose gossip\n\n")
        .append("Written by the test run, `./minga verify`, whenever it has peers of all")
        .append(" languages; not to be edited by hand. Each row is a test of our gossipsub with")
        .append(" processes of another library on one machine, over TCP, noise and yamux. The")
        .append(" [peers](../interop/README.md), small programs on the stock libraries, say which")
        .append(" versions of gossipsub these have.\n\n")
        .append(row("test", LIBRARIES.stream().map(Library::title).toList()))
        .append(row("---", LIBRARIES.stream().map(it -> "---").toList()));
    List<String> limits = new ArrayList<>();
    rows.forEach(
        (sentence, cells) ->
            page.append(
                row(
                    sentence,
                    LIBRARIES.stream()
                        .map(it -> cell(limits, cells.getOrDefault(it, "–")))
                        .toList())));
    page.append("\n✓ works, ✗ fails, – was not run, a number is a limit of the library, which the")
        .append(" test shows:\n\n");
    for (int i = 0; i < limits.size(); i++) {
      page.append(i + 1).append(". ").append(limits.get(i)).append('\n');
    }
    return page.toString();
  }

  /** A mark as it is, a limit as the number of a note. */
  private static String cell(List<String> limits, String result) {
    if (MARKS.contains(result)) {
      return result;
    }
    if (!limits.contains(result)) {
      limits.add(result);
    }
    return "[" + (limits.indexOf(result) + 1) + "]";
  }

  private static String row(String first, List<String> cells) {
    return Stream.concat(Stream.of(first), cells.stream())
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
