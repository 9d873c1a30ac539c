package io.minga.simulations.report;

import io.minga.simulations.report.Chart.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The drawings of a page. */
final class Charts {
  private static final int WIDE = 900;
  private static final int HIGH = 290;
  private static final int SMALL_WIDE = 440;
  private static final int SMALL_HIGH = 210;
  private static final int LABELS = 112;
  private static final int BAR = 26;
  private static final int BAR_LEFT = 118;
  private static final int BAR_RIGHT = 190;
  private static final int RATE_POINTS = 100;

  /** Side by side, what is far beyond the oracle's makespan is cut. */
  private static final double TOP_ORACLES = 3;

  private final Page page;

  Charts(Page page) {
    this.page = page;
  }

  /** How long each needs, beside what is possible. */
  String makespans() {
    record Bar(String name, String style, double seconds, String what) {}
    List<Bar> bars = new ArrayList<>();
    bars.add(new Bar("lower bound", "n", page.boundSeconds(), "work / capacity"));
    bars.add(new Bar("oracle", "n", page.oracleSeconds(), "a central queue without delays"));
    for (int i = 0; i < page.courses().size(); i++) {
      Course course = page.courses().get(i);
      bars.add(new Bar(course.name(), "f" + i, course.makespanSeconds(), course.what()));
    }
    bars.removeIf(it -> Double.isNaN(it.seconds));
    double most = bars.stream().mapToDouble(Bar::seconds).max().orElse(1);
    int high = bars.size() * BAR + 6;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"makespans\">\n"
            .formatted(WIDE, high));
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double width = Math.max(1, bar.seconds / most * (WIDE - BAR_LEFT - BAR_RIGHT));
      int y = i * BAR + 4;
      svg.append(
          "<text class=\"name\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
              .formatted(BAR_LEFT - 8, y + 14, Text.escape(bar.name)));
      svg.append(
          "<rect class=\"bar %s\" x=\"%d\" y=\"%d\" width=\"%s\" height=\"18\" rx=\"2\">"
              .formatted(bar.style, BAR_LEFT, y, Text.at(width)));
      svg.append("<title>").append(Text.escape(bar.what)).append("</title></rect>");
      svg.append(
          "<text class=\"value\" x=\"%s\" y=\"%d\">%s<tspan class=\"dim\"> · %s × oracle</tspan></text>\n"
              .formatted(
                  Text.at(BAR_LEFT + width + 8),
                  y + 14,
                  Text.seconds(bar.seconds),
                  Text.ratio(bar.seconds / page.oracleSeconds())));
    }
    return svg.append("</svg>\n").toString();
  }

  /** The finish times of the course that the page is about. */
  String finishTimes() {
    Course first = page.first();
    FinishTimes times = new FinishTimes(first, 0);
    Axis across = Axis.to(Math.max(first.makespanSeconds(), end(first)));
    Axis up = Axis.to(times.top(page.oracleSeconds()));
    Chart chart =
        new Chart("finish", "finish times of " + first.name(), WIDE, HIGH, 20, across, up);
    times.draw(chart);
    chart.mark("n", page.oracleSeconds(), "oracle is done");
    return chart.svg("seconds since the work came", "seconds to go", "");
  }

  /** The finish times of all courses on the same axes. */
  String finishTimesOfAll() {
    double longest = 0;
    double top = 0;
    for (int i = 0; i < page.courses().size(); i++) {
      Course course = page.courses().get(i);
      longest = Math.max(longest, Math.max(course.makespanSeconds(), end(course)));
      top = Math.max(top, new FinishTimes(course, i).top(page.oracleSeconds()));
    }
    top = Math.min(top, TOP_ORACLES * page.oracleSeconds());
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < page.courses().size(); i++) {
      Course course = page.courses().get(i);
      Chart chart =
          new Chart(
              "finish" + i,
              "finish times of " + course.name(),
              SMALL_WIDE,
              SMALL_HIGH,
              12,
              Axis.to(longest),
              Axis.to(top));
      new FinishTimes(course, i).draw(chart);
      chart.mark("n", page.oracleSeconds(), "");
      all.append(
          "<figure><h3><i class=\"k%d\"></i>%s</h3><p class=\"dim\">%s</p>%s</figure>\n"
              .formatted(
                  i,
                  Text.escape(course.name()),
                  Text.escape(course.what()),
                  chart.svg("seconds", "seconds to go", "")));
    }
    return all.toString();
  }

  /** Calls that were over, as a share of all. */
  String done() {
    return lines("done", "tasks done", it -> (double) it.done(), true);
  }

  /** Calls that changed hands so far, per call. */
  String moves() {
    return lines("moves", "moves so far", it -> (double) it.moves(), false);
  }

  private String lines(String id, String title, ToDoubleFunction<Moment> value, boolean isShare) {
    double longest = 0;
    double most = 0;
    for (Course course : page.courses()) {
      longest = Math.max(longest, end(course));
      most = Math.max(most, course.moments().stream().mapToDouble(value).max().orElse(0));
    }
    double scale = isShare ? Math.max(1, most) / 100 : 1;
    Axis up = isShare ? new Axis(100, 20) : Axis.to(most);
    Chart chart = new Chart(id, title, WIDE, HIGH - 40, LABELS, Axis.to(longest), up);
    for (int i = page.courses().size() - 1; i >= 0; i--) {
      Course course = page.courses().get(i);
      List<Point> points =
          course.moments().stream()
              .map(it -> new Point(it.seconds(), value.applyAsDouble(it) / scale))
              .toList();
      chart.line("c" + i, points);
      if (!points.isEmpty()) {
        chart.label("t" + i, points.get(points.size() - 1).y(), course.name());
      }
    }
    return chart.svg("seconds since the work came", title, isShare ? " %" : "");
  }

  /** What a peer sends in a second, of the courses where somebody counted. */
  String bytes() {
    List<List<Point>> all = page.courses().stream().map(Charts::rates).toList();
    double most = all.stream().flatMap(List::stream).mapToDouble(Point::y).max().orElse(0);
    if (most <= 0) {
      return "";
    }
    double longest = page.courses().stream().mapToDouble(Charts::end).max().orElse(1);
    double counted = all.stream().flatMap(List::stream).mapToDouble(Point::x).max().orElse(longest);
    double kib = 1024;
    Chart chart =
        new Chart("bytes", "bytes", WIDE, HIGH - 40, LABELS, Axis.to(counted), Axis.to(most / kib));
    for (int i = 0; i < all.size(); i++) {
      List<Point> points = all.get(i).stream().map(it -> new Point(it.x(), it.y() / kib)).toList();
      chart.line("c" + i, points);
      if (!points.isEmpty()) {
        chart.label("t" + i, points.get(points.size() - 1).y(), page.courses().get(i).name());
      }
    }
    return chart.svg("seconds since the work came", "KiB per peer and second", "");
  }

  private static List<Point> rates(Course course) {
    List<Point> points = new ArrayList<>();
    List<Moment> moments = course.moments();
    int step = Math.max(1, moments.size() / RATE_POINTS);
    for (int i = step; i < moments.size(); i += step) {
      Moment before = moments.get(i - step);
      Moment now = moments.get(i);
      double seconds = now.seconds() - before.seconds();
      if (before.bytes() >= 0 && seconds > 0) {
        double peers = Math.max(1, now.sorted().length);
        double rate = (double) (now.bytes() - before.bytes()) / seconds / peers;
        points.add(new Point(now.seconds(), rate));
      }
    }
    return points;
  }

  private static double end(Course course) {
    List<Moment> moments = course.moments();
    return moments.isEmpty() ? 0 : moments.get(moments.size() - 1).seconds();
  }
}
