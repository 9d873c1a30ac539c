package io.minga.node.schedule;

import io.minga.node.task.FunctionName;
import org.jspecify.annotations.Nullable;

/** How long a function is: the average of its runs' logarithms without their peers' slowness. */
final class Length {
  /** Its name, one for all peers: what is the very same is compared at a glance. */
  final FunctionName function;

  double sum;
  int count;

  /** Its run times by classes of its input's size; empty unless these differ much. */
  @Nullable Average[] sizes = new Average[0];

  Length(FunctionName function) {
    this.function = function;
  }

  double mean() {
    return sum / count;
  }
}
