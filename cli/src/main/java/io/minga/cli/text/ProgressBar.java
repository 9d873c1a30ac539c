package io.minga.cli.text;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * A line on a terminal that shows how far something is, how fast it goes, and when it will be done.
 * It is drawn over itself, ten times a second at most. Safe for any thread.
 */
public final class ProgressBar implements AutoCloseable {
  private static final long DRAW_NANOS = 100_000_000;
  private static final double NANOS_PER_SECOND = 1e9;

  /** How fast the rate forgets, as the share that a second leaves of what was before. */
  private static final double KEPT_PER_SECOND = 0.7;

  private static final int BAR_WIDTH = 24;
  private static final String ERASE = "\r\033[2K";

  private final PrintStream out;
  private final String name;
  private final OptionalLong total;
  private final LongSupplier nanos;
  private final long startedNanos;
  private long drawnNanos;
  private long drawnCount;
  private double perSecond;
  private boolean isDrawn;

  /**
   * A bar that is not drawn yet.
   *
   * @param total how many there will be, if that is known
   * @param nanos the clock
   */
  public ProgressBar(PrintStream out, String name, OptionalLong total, LongSupplier nanos) {
    this.out = out;
    this.name = name;
    this.total = total;
    this.nanos = nanos;
    this.startedNanos = nanos.getAsLong();
    this.drawnNanos = startedNanos;
  }

  /** So many are done, and so many of them failed. */
  public synchronized void update(long done, long failed) {
    long now = nanos.getAsLong();
    boolean last = total.isPresent() && total.getAsLong() == done;
    if (now - drawnNanos < DRAW_NANOS && !last) {
      return;
    }
    double seconds = Math.max(1, now - drawnNanos) / NANOS_PER_SECOND;
    double latest = (done - drawnCount) / seconds;
    double kept = drawnCount == 0 ? 0 : Math.pow(KEPT_PER_SECOND, seconds);
    perSecond = kept * perSecond + (1 - kept) * latest;
    drawnNanos = now;
    drawnCount = done;
    isDrawn = true;
    out.print(ERASE + line(done, failed, (now - startedNanos) / NANOS_PER_SECOND));
    out.flush();
  }

  private String line(long done, long failed, double elapsedSeconds) {
    StringBuilder line = new StringBuilder(name).append("  ");
    boolean over = total.isPresent() && total.getAsLong() == done;
    double rate = over ? done / Math.max(elapsedSeconds, 1e-3) : perSecond;
    if (total.isPresent()) {
      long of = total.getAsLong();
      int filled = of == 0 ? BAR_WIDTH : (int) (BAR_WIDTH * Math.min(done, of) / of);
      line.append('[').append("#".repeat(filled)).append("-".repeat(BAR_WIDTH - filled));
      line.append("] ").append(Table.count(done)).append('/').append(Table.count(of));
    } else {
      line.append(Table.count(done)).append(" done");
    }
    line.append(String.format(Locale.ROOT, rate < 10 ? "  %.1f/s" : "  %,.0f/s", rate));
    if (over) {
      line.append("  in ").append(Spans.ofMillis((long) (1000 * elapsedSeconds)));
    } else if (total.isPresent() && rate > 0) {
      long seconds = (long) Math.ceil((total.getAsLong() - done) / rate);
      line.append("  ETA ").append(Spans.clock(seconds));
    }
    return failed == 0 ? line.toString() : line + "  " + Table.count(failed) + " failed";
  }

  /** Takes away what was drawn last, until it is drawn anew. */
  public synchronized void clear() {
    if (isDrawn) {
      out.print(ERASE);
      out.flush();
      isDrawn = false;
    }
  }

  /** Leaves what was drawn last and goes to the next line. */
  @Override
  public synchronized void close() {
    if (isDrawn) {
      out.println();
      isDrawn = false;
    }
  }
}
