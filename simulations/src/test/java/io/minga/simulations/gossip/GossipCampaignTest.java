package io.minga.simulations.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.Seeds;
import io.minga.simulations.network.Fault;
import io.minga.simulations.network.Faults;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Small networks by the hundred: {@code -Dcampaign.seeds=10000} for a long run. */
final class GossipCampaignTest {
  private static LongStream seeds() {
    return Seeds.seeds(Integer.getInteger("campaign.seeds", 200));
  }

  @Test
  void anySeed_keepsItsInvariants_andEveryKindOfFaultStrikes() {
    Faults struck = new Faults();
    seeds().forEach(seed -> struck.addAll(run(seed)));

    if (System.getProperty("seed", "").isEmpty()) {
      for (Fault fault : Fault.values()) {
        assertThat(struck.count(fault)).as("how often %s struck", fault).isPositive();
      }
    }
  }

  private static Faults run(long seed) {
    GossipTrial trial = new GossipTrial(seed);
    try {
      trial.run();
    } catch (RuntimeException | AssertionError broken) {
      throw new AssertionError(
          "seed "
              + seed
              + ": "
              + trial
              + "\nreplay: mvn verify -pl simulations -am -Dtest=GossipCampaignTest"
              + " -Dsurefire.failIfNoSpecifiedTests=false -Dseed="
              + seed,
          broken);
    }
    return trial.faults();
  }

  @Test
  void sameSeed_givesTheSameTrace() {
    assertThat(traceOf(11)).isEqualTo(traceOf(11)).isNotEqualTo(traceOf(12));
  }

  private static long traceOf(long seed) {
    GossipTrial trial = new GossipTrial(seed);
    trial.run();
    return trial.traceHash();
  }
}
