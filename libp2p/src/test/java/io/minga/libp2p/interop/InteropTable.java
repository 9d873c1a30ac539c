package io.minga.libp2p.interop;

import io.minga.libp2p.interop.Pair.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What came of a test run, as a page that is the same after each run with the same outcome. */
final class InteropTable {
  /** What came of one check, its command given to one side. */
  private record Cell(Check check, Side asked, String text, long nanos) {}

  private record Row(Library library, String security, Side dialer, List<Cell> cells) {
    String text(Check check, Side asked) {
      return cells.stream()
          .filter(cell -> cell.check == check && cell.asked == asked)
          .map(Cell::text)
          .findFirst()
          .orElse("–");
    }
  }

  private final List<Row> rows = new ArrayList<>();
  private final List<KnownLimit> limits = new ArrayList<>();

  /** Begins a row; what is recorded of {@code pair} goes there. */
  void begin(Pair pair) {
    rows.add(new Row(pair.library, pair.security, pair.dialer, new ArrayList<>()));
  }

  void passed(Check check, Side asked, long nanos) {
    put(check, asked, "✓", nanos);
  }

  void failed(Check check, Side asked, long nanos) {
    put(check, asked, "✗", nanos);
  }

  void limited(KnownLimit limit, long nanos) {
    if (!limits.contains(limit)) {
      limits.add(limit);
    }
    put(limit.check(), limit.asked(), "[%d]".formatted(limits.indexOf(limit) + 1), nanos);
  }

  private void put(Check check, Side asked, String text, long nanos) {
    rows.get(rows.size() - 1).cells.add(new Cell(check, asked, text, nanos));
  }

  /** The page docs/interop.md. */
  String page() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # What works with which libp2p

        Written by the test run, `./minga verify`, whenever it has peers of all languages; not to be edited by hand. Each row is a process of our host and one of another library on one machine, connected over TCP with yamux. The [peers](../interop/README.md) are small programs on the stock libraries.

        """);
    table(page);
    page.append(
        """

        ✓ works, ✗ fails, – was not run, a number is a limit of the library, below. Of two marks the first is for the command given to our process, the second for the one given to theirs.

        | check | what happens |
        | --- | --- |
        """);
    for (Check check : Check.values()) {
      page.append("| %s | %s |\n".formatted(check.title(), check.meaning()));
    }
    if (!limits.isEmpty()) {
      page.append(
          """

          ## Limits of the libraries

          The run asserts each as it does everything else: a check that fails in another way, or passes, fails the test.

          """);
      for (KnownLimit limit : limits) {
        page.append("%d. %s.\n".formatted(limits.indexOf(limit) + 1, limit.reason()));
      }
    }
    return page.toString();
  }

  private void table(StringBuilder page) {
    List<String> head = new ArrayList<>(List.of("peer", "security", "dialer"));
    for (Check check : Check.values()) {
      head.add(check.title());
    }
    line(page, head);
    line(page, head.stream().map(title -> "---").toList());
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      cells.add(row.library.title());
      cells.add(row.security);
      cells.add(row.dialer == Side.OURS ? "we" : "they");
      for (Check check : Check.values()) {
        String ours = row.text(check, Side.OURS);
        cells.add(check.fromBothSides() ? ours + " " + row.text(check, Side.THEIRS) : ours);
      }
      line(page, cells);
    }
  }

  private static void line(StringBuilder page, List<String> cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** How long all of it took, in ms, and how fast the largest echo was, as tab-separated values. */
  String timings() {
    StringBuilder timings = new StringBuilder("peer\tsecurity\tdialer\tcheck\tasked\tms\tMiB/s\n");
    for (Row row : rows) {
      for (Cell cell : row.cells) {
        boolean large = cell.check == Check.ECHO_64_MIB;
        String rate = large ? "%.0f".formatted(Check.LARGE_MEBIBYTES * 1e9 / cell.nanos) : "";
        timings.append(
            "%s\t%s\t%s\t%s\t%s\t%d\t%s\n"
                .formatted(
                    row.library,
                    row.security,
                    row.dialer,
                    cell.check,
                    cell.asked,
                    TimeUnit.NANOSECONDS.toMillis(cell.nanos),
                    rate));
      }
    }
    return timings.toString();
  }
}
