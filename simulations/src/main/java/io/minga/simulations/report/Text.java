package io.minga.simulations.report;

import java.util.Locale;

/** Numbers and words as a page shows them. */
final class Text {
  private static final double KIB = 1024;

  private Text() {}

  /** Such that no character of it means anything to a browser. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Three digits or so, with commas between thousands. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    if (size >= 100 || value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    String digits = size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, digits, value);
  }

  /** A ratio, where the third digit behind the point counts. */
  static String ratio(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3f", value);
  }

  static String seconds(double value) {
    return Double.isNaN(value) ? "–" : number(value) + " s";
  }

  static String bytes(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    if (value < KIB) {
      return number(Math.rint(value)) + " B";
    }
    return value < KIB * KIB ? number(value / KIB) + " KiB" : number(value / KIB / KIB) + " MiB";
  }

  /** A coordinate of a drawing. */
  static String at(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
