package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Something that is done to peers that work. When it is over all of them are to run, and all cables
 * to be whole, but for what the runner sees to itself: it starts who is dead.
 */
interface Fault {
  /** Its line in the table. */
  FaultLine line();

  /** How many peers it takes. */
  default int peers() {
    return 4;
  }

  /** Whether it belongs to the short form, which takes seconds. */
  default boolean isShort() {
    return false;
  }

  /** Whether it takes so long that it is tried only if it is asked for by its name. */
  default boolean isLong() {
    return false;
  }

  /** How long it may take at most. */
  default int secondsMax() {
    return 120;
  }

  /** Why it can't be done in this place; empty if it can. */
  default String whyNot(Place place) {
    return "";
  }

  /** Does it, once; what it asked for is waited for and judged afterwards. */
  void run(Course course)
      throws IOException, InterruptedException, RigException, Control.RefusedException;

  /** All there are, those with equally many peers together. */
  static List<Fault> all() {
    List<Fault> all = new ArrayList<>();
    all.addAll(Deaths.all());
    all.addAll(Disks.all());
    all.addAll(Pauses.all());
    all.addAll(Manners.all());
    all.addAll(Links.all());
    all.addAll(Partitions.all());
    return all;
  }
}
