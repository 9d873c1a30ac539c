package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import io.minga.simulations.rig.Finding;
import io.minga.simulations.rig.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What a run of the rig tries.
 *
 * @param only the names of the faults; all but long ones if there is none
 * @param firstSeed and each after it
 * @param lastSeed to this one
 * @param isShort only those of the short form
 * @param secondsMax when it ends at the latest: what was not tried by then is left out
 */
public record RigRun(
    List<String> only, long firstSeed, long lastSeed, boolean isShort, int secondsMax) {
  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException if there is no such fault
   */
  public RigRun {
    only = List.copyOf(only);
    List<String> names = lines().stream().map(FaultLine::name).toList();
    for (String name : only) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "there is no fault '%s'; there are %s".formatted(name, String.join(", ", names)));
      }
    }
  }

  /** All faults there are. */
  public static List<FaultLine> lines() {
    return Fault.all().stream().map(Fault::line).toList();
  }

  /** Tries them; each finding is told when it is there. */
  public List<Finding> run(Rig rig, Consumer<Finding> found) throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsMax);
    List<Finding> findings = new ArrayList<>();
    for (Fault fault : Fault.all()) {
      for (long seed = firstSeed; seed <= lastSeed && isWanted(fault); seed++) {
        Finding finding =
            System.nanoTime() - limit > 0
                ? Rig.leftOut(fault, seed, "time was up before it could begin")
                : rig.run(fault, seed, limit);
        findings.add(finding);
        found.accept(finding);
      }
    }
    return findings;
  }

  private boolean isWanted(Fault fault) {
    return only.isEmpty()
        ? fault.isShort() || (!isShort && !fault.isLong())
        : only.contains(fault.line().name());
  }

  /** How to run a command where a rig may do as it likes; empty if that is not allowed here. */
  public static Optional<List<String>> apart() throws InterruptedException {
    return Place.isInside() ? Optional.empty() : Place.apart();
  }

  /** What tells a JVM that it is run so. */
  public static String inside() {
    return Place.inside();
  }

  /** The page of what was found. */
  public static String page(List<Finding> findings) {
    return Findings.rows(lines(), findings);
  }
}
