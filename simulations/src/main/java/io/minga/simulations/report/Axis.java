package io.minga.simulations.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values from 0 to a round one, with round ones between. */
record Axis(double max, double step) {
  private static final int TICKS = 6;

  /** One that reaches to a value at least. */
  static Axis to(double value) {
    double least = value > 0 ? value : 1;
    double power = Math.pow(10, Math.floor(Math.log10(least / TICKS)));
    double step = power;
    for (double times : new double[] {1, 2, 5, 10}) {
      step = times * power;
      if (step * TICKS >= least) {
        break;
      }
    }
    return new Axis(step * Math.ceil(least / step - 1e-9), step);
  }

  /** A tick's number, with as many digits as all have. */
  String text(double tick) {
    int digits = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%,." + digits + "f", tick);
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; i * step <= max * (1 + 1e-9); i++) {
      ticks.add(i * step);
    }
    return ticks;
  }
}
