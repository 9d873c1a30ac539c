package io.minga.simulations.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small networks of whole peers with faults; {@code -Dcampaign.seeds=2000} runs more of them,
 * {@code -Dseed=} a single one.
 */
final class NodeCampaignTest {
  private static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null
        ? LongStream.of(one)
        : LongStream.rangeClosed(1, Integer.getInteger("campaign.seeds", 200));
  }

  @Test
  void anySeed_keepsItsPromises_andEveryKindOfFaultStrikes() {
    Campaign campaign = new Campaign();
    List<String> broken = new ArrayList<>();
    seeds()
        .forEach(
            seed -> {
              String report = broken.size() < 3 ? campaign.run(TrialOptions.of(seed)) : null;
              if (report != null) {
                broken.add(report);
              }
            });

    assertThat(broken).isEmpty();
    if (Long.getLong("seed") == null) {
      assertThat(campaign.unseen()).as("faults that never struck").isEmpty();
    }
  }

  /** Of long campaigns, beyond the seeds of a build: what they showed is mended. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        209, 655, 890, 934, 956, 1197, 1520, 1860, 1863, 2221, 2417, 2977, 3330, 3933, 5631, 6798,
        10013, 14903, 16899
      })
  void seedThatBrokeAPromise_doesNoMore(long seed) {
    TrialOptions options = TrialOptions.of(seed).without(NodeFault.FEW_CONNECTIONS);
    assertThat(new Campaign().run(options)).isNull();
  }

  /** The same of those that had few connections among what may happen. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        459, 679, 1013, 1371, 1506, 1583, 2148, 2449, 3110, 3242, 3632, 6709, 6734, 6745, 7032,
        9336, 11887, 15720, 17121, 17677, 18704, 19421
      })
  void seedThatBrokeAPromise_doesNoMore_withFewConnections(long seed) {
    assertThat(new Campaign().run(TrialOptions.of(seed))).isNull();
  }

  /** Of long campaigns of exclusive calls. */
  @ParameterizedTest
  @ValueSource(longs = {142, 188, 284, 3961})
  void seedOfExclusiveCallsThatBrokeAPromise_doesNoMore(long seed) {
    assertThat(new Campaign().run(TrialOptions.exclusive(seed))).isNull();
  }

  /** {@code -Dcampaign.exclusive=2000} runs more of them. */
  @Test
  void anySeedOfExclusiveCalls_keepsItsPromises() {
    List<String> broken = new ArrayList<>();
    Long one = Long.getLong("seed");
    Campaign campaign = new Campaign();
    long most = Integer.getInteger("campaign.exclusive", 200);
    LongStream all = one != null ? LongStream.of(one) : LongStream.rangeClosed(1, most);
    all.forEach(
        seed -> {
          String report = broken.size() < 3 ? campaign.run(TrialOptions.exclusive(seed)) : null;
          if (report != null) {
            broken.add(report);
          }
        });

    assertThat(broken).isEmpty();
  }

  /** {@code -Dcampaign.pauses=2000} runs more of them. */
  @Test
  void peersThatStandStill_areNotDeadBelowHalfALease_norTakeOthersForDead() {
    List<String> broken = new ArrayList<>();
    Campaign campaign = new Campaign();
    for (long seed = 1; seed <= Integer.getInteger("campaign.pauses", 60); seed++) {
      TrialOptions all = TrialOptions.exclusive(seed);
      TrialOptions pauses =
          new TrialOptions(
              seed,
              all.peersMax(),
              all.burstsMax(),
              all.tasksMax(),
              EnumSet.of(NodeFault.PAUSE, NodeFault.CLOCK_JUMP),
              seed % 2 == 0);
      String report = campaign.run(pauses);
      if (report != null) {
        broken.add(report);
      }
    }

    assertThat(broken).isEmpty();
    assertThat(campaign.struck()).containsKey("pause");
  }

  @Test
  void sameSeed_givesTheSameTrace() {
    for (long seed = 1; seed <= 3; seed++) {
      NodeTrial.Outcome one = NodeTrial.run(TrialOptions.of(seed));
      NodeTrial.Outcome two = NodeTrial.run(TrialOptions.of(seed));
      assertThat(one).as("seed %d", seed).isEqualTo(two);
    }
    assertThat(NodeTrial.run(TrialOptions.of(1)).traceHash())
        .isNotEqualTo(NodeTrial.run(TrialOptions.of(2)).traceHash());
  }

  @Test
  void watchedTask_hasItsStoryTold_andNothingElseChanges() {
    TrialOptions options = TrialOptions.of(1);

    List<String> story = NodeTrial.story(options, 0);

    assertThat(story).isNotEmpty();
    assertThat(String.join("\n", story)).contains("is submitted").contains("has its outcome");
  }

  @Test
  void commandOfATrial_namesAllThatItDependsOn() {
    TrialOptions options = TrialOptions.of(7).without(NodeFault.KILL).with(3, 2, 10);

    assertThat(options.command())
        .startsWith("minga sim campaign --seed 7 --peers 3 --bursts 2 --tasks 10 --faults vanish,");
    String faults = options.command().replaceAll(".*--faults ", "");
    assertThat(TrialOptions.faults(faults)).isEqualTo(options.faults());
    assertThat(TrialOptions.faults("none")).isEmpty();
  }
}
