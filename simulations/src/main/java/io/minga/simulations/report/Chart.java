package io.minga.simulations.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Lines over time as SVG. */
final class Chart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 260;
  private static final int LEFT = 70;
  private static final int BOTTOM = 30;
  private static final int TICKS = 5;

  private final String title;
  private final double seconds;
  private final List<String> lines = new ArrayList<>();
  private final List<List<double[]>> points = new ArrayList<>();
  private final List<String> classes = new ArrayList<>();
  private double most = 1e-9;

  Chart(String title, double seconds) {
    this.title = title;
    this.seconds = Math.max(1e-9, seconds);
  }

  /** Adds a line through the values of some samples. */
  <T> Chart line(String style, List<T> samples, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
    List<double[]> line = new ArrayList<>();
    for (T sample : samples) {
      double value = y.applyAsDouble(sample);
      most = Math.max(most, value);
      line.add(new double[] {x.applyAsDouble(sample), value});
    }
    points.add(line);
    classes.add(style);
    return this;
  }

  /** A vertical line with a word. */
  Chart mark(double at, String word) {
    double x = x(at);
    lines.add(
        format(
            "<line class='mark' x1='%.1f' x2='%.1f' y1='0' y2='%d'/>"
                + "<text x='%.1f' y='12'>%s</text>",
            x, x, HEIGHT - BOTTOM, x + 4, word));
    return this;
  }

  private double x(double at) {
    return LEFT + at / seconds * (WIDTH - LEFT);
  }

  private double y(double value) {
    return (HEIGHT - BOTTOM) * (1 - value / most);
  }

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append("<h2>").append(title).append("</h2>\n");
    svg.append(format("<svg viewBox='0 -5 %d %d'>\n", WIDTH, HEIGHT + 5));
    for (int i = 0; i <= TICKS; i++) {
      double value = most * i / TICKS;
      double at = seconds * i / TICKS;
      svg.append(
          format(
              "<line class='grid' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>"
                  + "<text class='y' x='%d' y='%.1f'>%s</text>"
                  + "<text class='x' x='%.1f' y='%d'>%.0f s</text>\n",
              LEFT,
              WIDTH,
              y(value),
              y(value),
              LEFT - 6,
              y(value) + 4,
              number(value),
              x(at),
              HEIGHT - 8,
              at));
    }
    for (int i = 0; i < points.size(); i++) {
      svg.append("<polyline class='").append(classes.get(i)).append("' points='");
      points.get(i).forEach(it -> svg.append(format("%.1f,%.1f ", x(it[0]), y(it[1]))));
      svg.append("'/>\n");
    }
    lines.forEach(line -> svg.append(line).append('\n'));
    return svg.append("</svg>\n").toString();
  }

  private static String number(double value) {
    return value >= 1e6
        ? format("%.1f M", value / 1e6)
        : value >= 1e4 ? format("%.0f k", value / 1e3) : format("%.3g", value);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
