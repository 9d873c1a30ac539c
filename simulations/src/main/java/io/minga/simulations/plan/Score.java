package io.minga.simulations.plan;

import static io.minga.simulations.events.Simulation.SECOND;

/**
 * How well a plan was mastered.
 *
 * @param ratio makespan over the oracle's; for a plan about jobs, the mean of how many times longer
 *     each took than alone, over the oracle's
 * @param makespanSeconds from the first measured burst to the last outcome
 * @param oracleSeconds the same by the oracle
 */
public record Score(double ratio, double makespanSeconds, double oracleSeconds) {

  /** The score of somebody whose bursts ended at {@code ends}, where the oracle's did. */
  public static Score of(Plan plan, double[] endsNanos, double[] oracleNanos) {
    double slowdowns = 0;
    double oracleSlowdowns = 0;
    double last = 0;
    double oracleLast = 0;
    double rate = plan.rate();
    for (int i = 0; i < endsNanos.length; i++) {
      Burst burst = plan.bursts().get(i);
      if (burst.isMeasured() && burst.size() > 0) {
        double least = burst.leastNanos(rate);
        slowdowns += (endsNanos[i] - burst.atNanos()) / least;
        oracleSlowdowns += (oracleNanos[i] - burst.atNanos()) / least;
        last = Math.max(last, endsNanos[i]);
        oracleLast = Math.max(oracleLast, oracleNanos[i]);
      }
    }
    double start = (double) plan.startNanos();
    double makespan = (last - start) / SECOND;
    double oracle = (oracleLast - start) / SECOND;
    return new Score(
        plan.isAboutJobs() ? slowdowns / oracleSlowdowns : makespan / oracle, makespan, oracle);
  }
}
