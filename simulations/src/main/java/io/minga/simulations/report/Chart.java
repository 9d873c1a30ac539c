package io.minga.simulations.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A drawing with two axes, as SVG. Colours are classes, so that the page's style decides them; what
 * lies beyond the axes isn't drawn.
 */
final class Chart {
  private static final int LEFT = 58;
  private static final int TOP = 14;
  private static final int BOTTOM = 40;
  private static final int LABEL_HEIGHT = 14;

  private final String id;
  private final String title;
  private final int width;
  private final int height;
  private final int right;
  private final Axis across;
  private final Axis up;
  private final StringBuilder drawn = new StringBuilder();
  private final List<Label> labels = new ArrayList<>();

  /** A point. */
  record Point(double x, double y) {}

  private record Label(double y, String text, String style) {}

  /**
   * An empty drawing.
   *
   * @param id different from that of all others of the page
   * @param title what it shows, for those who don't see it
   * @param right how much room labels need at the right
   */
  Chart(String id, String title, int width, int height, int right, Axis across, Axis up) {
    this.id = id;
    this.title = title;
    this.width = width;
    this.height = height;
    this.right = right;
    this.across = across;
    this.up = up;
  }

  private double px(double x) {
    return LEFT + x / across.max() * (width - LEFT - right);
  }

  private double py(double y) {
    return height - BOTTOM - y / up.max() * (height - TOP - BOTTOM);
  }

  /** Fills what is between two lines that share their x. */
  void band(String style, List<Point> lows, List<Point> highs) {
    if (lows.isEmpty()) {
      return;
    }
    StringBuilder path = new StringBuilder(path(highs));
    for (int i = lows.size() - 1; i >= 0; i--) {
      path.append('L').append(point(lows.get(i)));
    }
    draw("<path class=\"%s\" d=\"%sZ\"/>".formatted(style, path));
  }

  void line(String style, List<Point> points) {
    if (!points.isEmpty()) {
      draw("<path class=\"line %s\" d=\"%s\"/>".formatted(style, path(points)));
    }
  }

  /** Writes a word at the right, level with a line's end. */
  void label(String style, double y, String text) {
    labels.add(new Label(py(Math.min(y, up.max())), text, style));
  }

  /** A line from bottom to top, with a word. */
  void mark(String style, double x, String text) {
    String at = Text.at(px(x));
    draw(
        "<line class=\"mark %s\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>"
            .formatted(style, at, at, TOP, height - BOTTOM));
    boolean isLeft = px(x) > width - right - 90;
    drawn.append(
        "<text class=\"%s\" x=\"%s\" y=\"%d\" text-anchor=\"%s\">%s</text>\n"
            .formatted(
                style,
                Text.at(px(x) + (isLeft ? -4 : 4)),
                TOP + 10,
                isLeft ? "end" : "start",
                Text.escape(text)));
  }

  /** Draws what is not to be seen beyond the axes. */
  private void draw(String what) {
    drawn.append("<g clip-path=\"url(#").append(id).append(")\">");
    drawn.append(what).append("</g>\n");
  }

  private String path(List<Point> points) {
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(path.isEmpty() ? 'M' : 'L').append(point(point));
    }
    return path.toString();
  }

  private String point(Point point) {
    // Far away would do as well, but not for all browsers.
    double y = Math.max(-2 * height, py(point.y));
    return Text.at(px(point.x)) + " " + Text.at(y);
  }

  /**
   * The whole drawing.
   *
   * @param unit what follows each number at the left
   */
  String svg(String acrossTitle, String upTitle, String unit) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(width, height, Text.escape(title)));
    svg.append(
        "<clipPath id=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>\n"
            .formatted(id, LEFT, TOP - 2, width - LEFT - right, height - TOP - BOTTOM + 3));
    for (double tick : up.ticks()) {
      svg.append(
          "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
              .formatted(
                  tick == 0 ? "base" : "rule",
                  LEFT,
                  width - right,
                  Text.at(py(tick)),
                  Text.at(py(tick))));
      svg.append(
          "<text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>\n"
              .formatted(LEFT - 7, Text.at(py(tick) + 4), up.text(tick) + unit));
    }
    for (double tick : across.ticks()) {
      svg.append(
          "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
              .formatted(Text.at(px(tick)), height - BOTTOM + 17, across.text(tick)));
    }
    svg.append(
        "<text class=\"title\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n"
            .formatted(width - right, height - 5, Text.escape(acrossTitle)));
    svg.append(
        "<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n"
            .formatted(LEFT + 6, TOP - 3, Text.escape(upTitle)));
    svg.append(drawn);
    return svg.append(labelled()).append("</svg>\n").toString();
  }

  /** The labels, moved apart where they would cover each other. */
  private String labelled() {
    List<Label> sorted = new ArrayList<>(labels);
    sorted.sort(Comparator.comparingDouble(Label::y));
    StringBuilder text = new StringBuilder();
    double last = Double.NEGATIVE_INFINITY;
    double overflow =
        sorted.isEmpty()
            ? 0
            : Math.max(0, sorted.size() * LABEL_HEIGHT - (height - BOTTOM - sorted.get(0).y));
    for (Label label : sorted) {
      double y = Math.max(label.y - overflow, last + LABEL_HEIGHT);
      last = y;
      text.append(
          "<text class=\"label %s\" x=\"%d\" y=\"%s\">%s</text>\n"
              .formatted(label.style, width - right + 6, Text.at(y + 4), Text.escape(label.text)));
    }
    return text.toString();
  }
}
