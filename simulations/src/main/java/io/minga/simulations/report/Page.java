package io.minga.simulations.report;

import io.minga.simulations.node.Figures;
import io.minga.simulations.node.Figures.Sample;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A run on one page: each peer's finish time, what is done, what moved and what went over the
 * network, all over time.
 */
public final class Page {
  private static final int PEERS_SHOWN = 64;

  private static final String STYLE =
      """
      body { font: 15px/1.4 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; color: #222 }
      h2 { font-size: 1rem; margin: 1.5rem 0 .3rem }
      table { border-collapse: collapse }
      td { padding: .15rem 1rem .15rem 0 }
      td + td { text-align: right; font-variant-numeric: tabular-nums }
      svg { width: 100%; font-size: 11px }
      polyline { fill: none; stroke-width: 1.5 }
      .peer { stroke: #36a; stroke-opacity: .35 }
      .all { stroke: #36a }
      .grid { stroke: #ddd }
      .mark { stroke: #b33; stroke-dasharray: 4 3 }
      .y { text-anchor: end }
      .x { text-anchor: middle }
      text { fill: #555 }
      """;

  private Page() {}

  /** The page. */
  public static String of(Figures figures) {
    String title =
        "%s, %d peers, seed %d, %s"
            .formatted(
                figures.plan().name(),
                figures.plan().machines().size(),
                figures.plan().seed(),
                figures.policy());
    return "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>"
        + title
        + "</title><style>\n"
        + STYLE
        + "</style></head><body>\n<h1>"
        + title
        + "</h1>\n"
        + table(figures)
        + finishTimes(figures)
        + overTime(figures, "Calls that are over", "all", Sample::done)
        + overTime(figures, "Tasks that changed hands", "all", Sample::moves)
        + overTime(figures, "Bytes over the network, all peers", "all", Sample::bytes)
        + "</body></html>\n";
  }

  private static String table(Figures figures) {
    return row("makespan over the oracle's", "%.3f", figures.ratio())
        + row("makespan", "%.2f s", figures.makespanSeconds())
        + row("the oracle's", "%.2f s", figures.oracleSeconds())
        + row("moves a task", "%.4f", figures.movesPerTask())
        + row("bytes a peer and second", "%,.0f", figures.bytesPerPeerSecond())
        + row("of that gossip", "%.0f %%", 100 * figures.gossipShare())
        + row("lost", "%.0f", figures.lost())
        + row("run twice", "%.0f", (double) figures.duplicates())
        + "<tr><td>trace</td><td>%016x</td></tr></table>%n".formatted(figures.traceHash());
  }

  private static String row(String name, String pattern, double value) {
    String start = name.startsWith("makespan over") ? "<table>" : "";
    return "%s<tr><td>%s</td><td>%s</td></tr>%n"
        .formatted(start, name, String.format(Locale.ROOT, pattern, value));
  }

  private static double end(Figures figures) {
    List<Sample> series = figures.series();
    return series.isEmpty() ? 1 : series.get(series.size() - 1).seconds();
  }

  private static Chart chart(Figures figures, String title) {
    double start = figures.plan().startNanos() / 1e9;
    return new Chart(title, end(figures))
        .mark(start, "start")
        .mark(Math.min(end(figures), start + figures.oracleSeconds()), "oracle");
  }

  private static String finishTimes(Figures figures) {
    int peers = figures.plan().machines().size();
    int step = Math.max(1, peers / PEERS_SHOWN);
    Chart chart = chart(figures, "Finish time of each peer, in seconds");
    for (int i = 0; i < peers; i += step) {
      int peer = i;
      chart.line(
          "peer",
          figures.series(),
          Sample::seconds,
          sample ->
              peer < sample.finishSeconds().size()
                  ? Math.min(sample.finishSeconds().get(peer), 1e6)
                  : 0);
    }
    return chart.svg();
  }

  private static String overTime(
      Figures figures,
      String title,
      String style,
      ToDoubleFunction<Sample> value) {
    return chart(figures, title).line(style, figures.series(), Sample::seconds, value).svg();
  }
}
