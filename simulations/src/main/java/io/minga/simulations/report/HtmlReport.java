package io.minga.simulations.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Writes a page as HTML. */
public final class HtmlReport {
  private final Page page;
  private final Charts charts;
  private final StringBuilder html = new StringBuilder();

  private HtmlReport(Page page) {
    this.page = page;
    this.charts = new Charts(page);
  }

  /** The page as one file. */
  public static String of(Page page) {
    HtmlReport report = new HtmlReport(page);
    report.write();
    return report.html.toString();
  }

  private void write() {
    String title = Text.escape(page.name() + ": " + page.what());
    html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<title>").append(title).append("</title>\n");
    html.append("<style>\n").append(Style.CSS).append("</style>\n</head>\n<body>\n<main>\n");
    html.append("<header><p class=\"over\">Minga, simulated</p><h1>").append(title);
    html.append("</h1>\n<p class=\"lead\">").append(options()).append("</p>\n");
    html.append("<pre>").append(Text.escape(page.command())).append("</pre></header>\n");
    tiles();
    section(
        "How long it took",
        "From the first work to the last outcome at whoever waits for it. The oracle is a central"
            + " queue without delays, which knows who is there and how fast, but no run time before"
            + " a task has ended. Nobody can be below the lower bound.",
        charts.makespans());
    finishTimes();
    section("Tasks done", "As a share of all that are measured.", charts.done());
    section(
        "Moves",
        "Tasks that changed hands after somebody had them. Where all work begins in one peer's own"
            + " queue, the first way out of it is a move, too.",
        charts.moves());
    String bytes = charts.bytes();
    if (!bytes.isEmpty()) {
      section("Bytes", "What a peer sends, over streams and by gossip.", bytes);
    }
    table();
    html.append("</main>\n</body>\n</html>\n");
  }

  private String options() {
    List<String> parts = new ArrayList<>();
    page.options().forEach(it -> parts.add(Text.escape(it.name()) + " " + value(it.value())));
    return String.join(" <span>·</span> ", parts);
  }

  private static String value(String value) {
    return "<b>" + Text.escape(value) + "</b>";
  }

  private void tiles() {
    Course first = page.first();
    boolean isGood = first.ratio() <= page.goal();
    html.append("<div class=\"tiles\">\n");
    tile(
        page.measure(),
        Text.ratio(first.ratio()),
        "%s, the goal is ≤ %s".formatted(isGood ? "met" : "missed", Text.number(page.goal())),
        isGood ? "good" : "bad");
    tile(
        "makespan",
        Text.seconds(first.makespanSeconds()),
        "the oracle's is " + Text.seconds(page.oracleSeconds()),
        "");
    tile("moves per task", Text.number(first.movesPerTask()), "after the first hand-out", "");
    if (!Double.isNaN(first.bytesPerPeerSecond())) {
      tile("per peer and second", Text.bytes(first.bytesPerPeerSecond()), "sent, all kinds", "");
    }
    html.append("</div>\n");
  }

  private void tile(String name, String value, String note, String style) {
    html.append("<div class=\"tile ").append(style).append("\"><p>").append(Text.escape(name));
    html.append("</p><strong>").append(Text.escape(value)).append("</strong><p class=\"dim\">");
    html.append(Text.escape(note)).append("</p></div>\n");
  }

  private void section(String title, String what, String content) {
    html.append("<section><h2>").append(Text.escape(title)).append("</h2>\n<p class=\"dim\">");
    html.append(Text.escape(what)).append("</p>\n").append(content).append("</section>\n");
  }

  private void finishTimes() {
    FinishTimes times = new FinishTimes(page.first(), 0);
    String shape =
        times.isLines()
            ? "One line a peer. "
            : "The line is the median peer; the bands hold half of them, nine in ten, and all. ";
    double top = times.greatest();
    String beyond =
        top > Axis.to(times.top(page.oracleSeconds())).max()
            ? "Beyond the top, the greatest is %s. ".formatted(Text.seconds(top))
            : "";
    section(
        "Finish times",
        "In how long each peer would be through with what it has, as it says itself. "
            + shape
            + beyond
            + "In a balanced network all are alike, and reach zero together.",
        charts.finishTimes());
    if (page.courses().size() > 1) {
      section(
          "Finish times, side by side",
          "The same for each way of sharing work, on the same axes; the dashed line is where the"
              + " oracle is done. What is beyond the top is cut.",
          "<div class=\"grid\">" + charts.finishTimesOfAll() + "</div>");
    }
  }

  private void table() {
    html.append("<section><h2>Figures</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th></th>");
    page.courses()
        .forEach(it -> html.append("<th>").append(Text.escape(it.name())).append("</th>"));
    html.append("</tr></thead>\n<tbody>\n");
    row(page.measure(), it -> Text.ratio(it.ratio()));
    row("makespan", it -> Text.seconds(it.makespanSeconds()));
    row("makespan / lower bound", it -> Text.ratio(it.makespanSeconds() / page.boundSeconds()));
    row("moves per task", it -> Text.number(it.movesPerTask()));
    row("bytes per peer and second", it -> Text.bytes(it.bytesPerPeerSecond()));
    Set<String> names = new LinkedHashSet<>();
    page.courses().forEach(it -> it.facts().forEach(fact -> names.add(fact.name())));
    for (String name : names) {
      row(
          name,
          it ->
              it.facts().stream()
                  .filter(fact -> fact.name().equals(name))
                  .map(Fact::value)
                  .findFirst()
                  .orElse("–"));
    }
    html.append("</tbody></table></div></section>\n");
  }

  private void row(String name, Function<Course, String> value) {
    html.append("<tr><th>").append(Text.escape(name)).append("</th>");
    for (Course course : page.courses()) {
      html.append("<td>").append(Text.escape(value.apply(course))).append("</td>");
    }
    html.append("</tr>\n");
  }
}
