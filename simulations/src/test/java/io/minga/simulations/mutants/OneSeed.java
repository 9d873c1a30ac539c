package io.minga.simulations.mutants;

import io.minga.simulations.node.NodeFault;
import io.minga.simulations.node.NodeTrial;
import io.minga.simulations.node.TrialOptions;
import java.util.function.LongFunction;

/**
 * Runs a seed of the campaign, in whatever program it is loaded: "" if all held, else what broke. A
 * negative one is of the campaign of exclusive calls.
 */
public final class OneSeed implements LongFunction<String> {
  @Override
  public String apply(long seed) {
    try {
      TrialOptions all = seed < 0 ? TrialOptions.exclusive(-seed) : TrialOptions.of(seed);
      NodeTrial.run(all.without(NodeFault.FEW_CONNECTIONS));
      return "";
    } catch (RuntimeException broken) {
      return broken.toString();
    }
  }
}
