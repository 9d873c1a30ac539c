package io.minga.simulations.rig;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes down what came of faults: a line for a person at a terminal, a page, and JSON. */
public final class Findings {
  private static final int NOTES_MAX = 3;

  private Findings() {}

  /** One of them, on a line, and what should be known besides on lines below. */
  public static String line(Finding finding) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-15s seed %-4d %-10s %6.1f s  %s",
                finding.fault(),
                finding.seed(),
                finding.outcome(),
                finding.seconds(),
                figures(List.of(finding))));
    finding.notes().forEach(note -> line.append("\n    ").append(note));
    return line.toString();
  }

  /** The rows of a table in Markdown, a fault each, all its seeds together. */
  public static String rows(List<FaultLine> faults, List<Finding> findings) {
    StringBuilder rows = new StringBuilder("| fault | expected | seen | seeds | |\n");
    rows.append("| --- | --- | --- | --- | --- |\n");
    for (FaultLine fault : faults) {
      List<Finding> of = findings.stream().filter(it -> it.fault().equals(fault.name())).toList();
      if (!of.isEmpty()) {
        rows.append(
            "| `%s`: %s | %s | %s | %s | %s |%n"
                .formatted(
                    fault.name(),
                    fault.what(),
                    fault.expected(),
                    seen(of),
                    seeds(of),
                    outcome(of)));
      }
    }
    return rows.toString();
  }

  private static String seen(List<Finding> of) {
    List<String> parts = new ArrayList<>();
    String figures = figures(of);
    if (!figures.isEmpty()) {
      parts.add(figures);
    }
    Set<String> notes = new LinkedHashSet<>();
    of.forEach(it -> notes.addAll(it.notes()));
    notes.stream().limit(NOTES_MAX).forEach(parts::add);
    return String.join("; ", parts).replace("|", "\\|");
  }

  private static String seeds(List<Finding> of) {
    long first = of.get(0).seed();
    long last = of.get(of.size() - 1).seed();
    return first == last ? Long.toString(first) : first + "–" + last;
  }

  private static String outcome(List<Finding> of) {
    Finding.Outcome worst =
        Collections.max(of.stream().map(Finding::outcome).toList()); // they are in that order
    long so = of.stream().filter(it -> it.outcome() == worst).count();
    return so == of.size() ? worst.toString() : "%s, %d of %d".formatted(worst, so, of.size());
  }

  /** Each figure with its range over the seeds, and what it should be at most. */
  private static String figures(List<Finding> of) {
    Map<String, List<Finding.Figure>> byName = new LinkedHashMap<>();
    for (Finding finding : of) {
      for (Finding.Figure figure : finding.figures()) {
        byName.computeIfAbsent(figure.name(), name -> new ArrayList<>()).add(figure);
      }
    }
    List<String> words = new ArrayList<>();
    byName.forEach((name, figures) -> words.add(name + " " + range(figures)));
    return String.join(", ", words);
  }

  private static String range(List<Finding.Figure> figures) {
    List<Double> values =
        figures.stream().map(Finding.Figure::value).filter(it -> !it.isNaN()).sorted().toList();
    Finding.Figure any = figures.get(0);
    if (values.isEmpty()) {
      return "–";
    }
    String low = number(values.get(0));
    String high = number(values.get(values.size() - 1));
    String unit = any.unit().isEmpty() ? "" : " " + any.unit();
    String bound = Double.isNaN(any.atMost()) ? "" : " (≤ %s)".formatted(number(any.atMost()));
    return (low.equals(high) ? low : low + "–" + high) + unit + bound;
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
  }

  /** One of them as a line of JSON. */
  public static String json(Finding finding) {
    List<String> figures = new ArrayList<>();
    for (Finding.Figure figure : finding.figures()) {
      figures.add(
          "{\"name\":%s,\"value\":%s,\"unit\":%s,\"atMost\":%s}"
              .formatted(
                  quoted(figure.name()),
                  jsonNumber(figure.value()),
                  quoted(figure.unit()),
                  jsonNumber(figure.atMost())));
    }
    return "{\"fault\":%s,\"seed\":%d,\"outcome\":%s,\"seconds\":%s,\"figures\":[%s],\"notes\":[%s]}"
        .formatted(
            quoted(finding.fault()),
            finding.seed(),
            quoted(finding.outcome().name()),
            jsonNumber(finding.seconds()),
            String.join(",", figures),
            String.join(",", finding.notes().stream().map(Findings::quoted).toList()));
  }

  private static String jsonNumber(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "null";
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
