package io.minga.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rows under headings, aligned by column: numbers to the right, all else to the left. */
public final class Table {
  private static final String GAP = "  ";

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean[] numbers;

  /** A table without rows. */
  public Table(String... headings) {
    this.headings = List.of(headings);
    this.numbers = new boolean[headings.length];
    Arrays.fill(numbers, true);
  }

  /**
   * Adds a row.
   *
   * @param cells as many as there are headings; a {@link Number} is grouped by thousands
   */
  public Table row(Object... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          "a row of %d cells under %d headings".formatted(cells.length, headings.size()));
    }
    List<String> row = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      numbers[i] &= cells[i] instanceof Number || cells[i] instanceof Right;
      row.add(text(cells[i]));
    }
    rows.add(row);
    return this;
  }

  /** A text that stands like a number, such as one with its unit. */
  public record Right(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  private static String text(Object cell) {
    if (cell instanceof Long || cell instanceof Integer) {
      return count(((Number) cell).longValue());
    }
    return printable(cell.toString());
  }

  /** A count with its thousands apart: {@code 1,234,567}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** The text without what would move a terminal's cursor or change its colours. */
  public static String printable(String text) {
    return text.chars()
        .mapToObj(c -> Character.isISOControl(c) ? "?" : String.valueOf((char) c))
        .reduce("", String::concat);
  }

  /** The lines of the table, none with blanks at its end. */
  public List<String> lines() {
    int[] widths = new int[headings.size()];
    List<List<String>> all = new ArrayList<>();
    all.add(headings);
    all.addAll(rows);
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).codePointCount(0, row.get(i).length()));
      }
    }
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      String blanks = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
      boolean right = numbers[i] && !rows.isEmpty();
      line.append(i == 0 ? "" : GAP).append(right ? blanks + cell : cell + blanks);
    }
    return line.toString().stripTrailing();
  }
}
