package io.minga.simulations.gossip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Named figures of a run, in order: numbers, with their units in the names, or words. */
public final class Report {
  private final LinkedHashMap<String, Object> figures = new LinkedHashMap<>();

  /** Adds a number; what was there under the name is replaced. */
  public void put(String name, double value) {
    figures.put(name, value);
  }

  /** Adds a whole number. */
  public void put(String name, long value) {
    figures.put(name, value);
  }

  /** Adds a word. */
  public void put(String name, String value) {
    figures.put(name, value);
  }

  /** The number of that name. */
  public double number(String name) {
    if (figures.get(name) instanceof Number value) {
      return value.doubleValue();
    }
    throw new IllegalArgumentException("the report has no number called " + name);
  }

  /** The word of that name. */
  public String word(String name) {
    if (figures.get(name) instanceof String value) {
      return value;
    }
    throw new IllegalArgumentException("the report has no word called " + name);
  }

  /** All as one JSON object on one line. */
  public String toJson() {
    List<String> members = new ArrayList<>();
    for (Map.Entry<String, Object> it : figures.entrySet()) {
      String quoted = "\"" + text(it.getValue()) + "\"";
      String value = it.getValue() instanceof String ? quoted : text(it.getValue());
      members.add("\"" + it.getKey() + "\":" + value);
    }
    return "{" + String.join(",", members) + "}";
  }

  /** Reports side by side, a figure a line, in Markdown. */
  public static String table(List<Report> reports) {
    LinkedHashMap<String, List<String>> lines = new LinkedHashMap<>();
    for (int i = 0; i < reports.size(); i++) {
      for (Map.Entry<String, Object> it : reports.get(i).figures.entrySet()) {
        List<String> line = lines.computeIfAbsent(it.getKey(), name -> new ArrayList<>());
        while (line.size() < i) {
          line.add("");
        }
        line.add(text(it.getValue()));
      }
    }
    StringBuilder table = new StringBuilder();
    lines.forEach(
        (name, line) -> {
          while (line.size() < reports.size()) {
            line.add("");
          }
          table.append("| ").append(name).append(" | ").append(String.join(" | ", line));
          table.append(" |\n");
          if (table.indexOf("---") < 0) {
            table.append("| ---").append(" | ---:".repeat(reports.size())).append(" |\n");
          }
        });
    return table.toString();
  }

  private static String text(Object value) {
    if (value instanceof Double number) {
      double rounded = Math.abs(number) >= 1000 ? Math.rint(number) : number;
      String text = String.format(Locale.ROOT, "%.4f", rounded);
      return text.replaceAll("\\.?0+$", "");
    }
    return value.toString();
  }
}
