package io.minga.simulations.report;

import io.minga.simulations.report.Chart.Point;
import java.util.ArrayList;
import java.util.List;

/** In how long each peer would be through, over time: a line each, or bands of quantiles. */
final class FinishTimes {
  /** With more peers than that, their lines would hide each other. */
  static final int LINES_MAX = 12;

  private static final double[][] BANDS = {{0, 1}, {0.05, 0.95}, {0.25, 0.75}};

  /** What is over the top of a chart is work that came to one peer and is being handed out. */
  private static final double TOP_TIMES = 1.5;

  private final List<Moment> moments;
  private final int color;
  private final boolean isLines;

  FinishTimes(Course course, int color) {
    this.moments = course.moments();
    this.color = color;
    this.isLines = moments.stream().allMatch(it -> it.finishSeconds().size() <= LINES_MAX);
  }

  boolean isLines() {
    return isLines;
  }

  /** The greatest finish time of any peer at any moment. */
  double greatest() {
    return moments.stream().mapToDouble(it -> Moment.quantile(it.sorted(), 1)).max().orElse(0);
  }

  /** Where its axis should end: not where a single peer still has everything. */
  double top(double oracleSeconds) {
    double most =
        moments.stream()
            .mapToDouble(it -> Moment.quantile(it.sorted(), isLines ? 0.75 : 0.95))
            .max()
            .orElse(0);
    return Math.min(greatest(), TOP_TIMES * Math.max(most, Math.min(oracleSeconds, greatest())));
  }

  void draw(Chart chart) {
    if (isLines) {
      int peers = moments.isEmpty() ? 0 : moments.get(moments.size() - 1).finishSeconds().size();
      for (int peer = 0; peer < peers; peer++) {
        for (List<Point> piece : pieces(peer)) {
          chart.line("thin c" + color, piece);
        }
      }
      return;
    }
    for (int i = 0; i < BANDS.length; i++) {
      chart.band("band b%d f%d".formatted(i, color), line(BANDS[i][0]), line(BANDS[i][1]));
    }
    chart.line("c" + color, line(0.5));
  }

  private List<Point> line(double share) {
    List<Point> points = new ArrayList<>();
    for (Moment moment : moments) {
      points.add(new Point(moment.seconds(), Moment.quantile(moment.sorted(), share)));
    }
    return points;
  }

  /** A peer's line, which has gaps where it isn't there. */
  private List<List<Point>> pieces(int peer) {
    List<List<Point>> pieces = new ArrayList<>();
    List<Point> piece = new ArrayList<>();
    for (Moment moment : moments) {
      boolean isKnown = peer < moment.finishSeconds().size();
      double finish = isKnown ? moment.finishSeconds().get(peer) : Double.NaN;
      if (!Double.isNaN(finish)) {
        piece.add(new Point(moment.seconds(), finish));
      } else if (!piece.isEmpty()) {
        pieces.add(piece);
        piece = new ArrayList<>();
      }
    }
    pieces.add(piece);
    return pieces;
  }
}
