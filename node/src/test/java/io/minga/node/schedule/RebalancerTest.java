package io.minga.node.schedule;

import static io.minga.node.schedule.Peers.KIND;
import static io.minga.node.schedule.Peers.SECOND;
import static io.minga.node.schedule.Peers.WORK;
import static io.minga.node.schedule.Peers.batch;
import static io.minga.node.schedule.Peers.peer;
import static io.minga.node.schedule.Peers.queue;
import static io.minga.node.schedule.Peers.report;
import static io.minga.node.schedule.Peers.ticket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RebalancerTest {
  private static final long DUE = 2 * SECOND;

  private final Loads loads = new Loads(ScheduleOptions.DEFAULT, peer(0));
  private final Estimates estimates = new Estimates(ScheduleOptions.DEFAULT);
  private final RunQueue queue = queue(4, SECOND);
  private final Rebalancer rebalancer = new Rebalancer(ScheduleOptions.DEFAULT, 0, 1);

  static List<Long> seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? List.of(seed) : new Random(3).longs(200).boxed().toList();
  }

  private void hear(int peer, int slots, long finishNanos) {
    PeerReport report = report(peer, 1, slots, slots * finishNanos, SECOND);
    assertThat(loads.report(DUE, report)).isTrue();
    estimates.report(report);
  }

  private void hold(int tasks, int hops) {
    rebalancer.came(0);
    for (int number = 0; number * 256 < tasks; number++) {
      IndexSet indexes = IndexSet.range(0, Math.min(256, tasks - number * 256));
      queue.add(batch(number), indexes, ticket(KIND, 5, number, hops));
    }
  }

  private List<Offer> offers() {
    return rebalancer.offers(DUE, loads, estimates, queue, 0, Rebalancer.Rules.ANY);
  }

  @Test
  void surplus_isOfferedByDeficit() {
    hear(0, 4, 0);
    hear(1, 4, 0);
    hear(2, 8, 0);
    hold(160, 0);

    List<Offer> offers = offers();

    assertThat(offers).extracting(Offer::to).containsExactly(peer(2), peer(1));
    assertThat(offers).extracting(Offer::tasks).containsExactly(79, 40);
    assertThat(queue.size()).isEqualTo(41);
    assertThat(loads.finishNanos(DUE, peer(2))).isEqualTo(79 * SECOND / 8);
    assertThat(offers()).isEmpty();
  }

  @Test
  void withinATwentieth_orBeforeThePeriod_nothingMoves() {
    hear(0, 4, 0);
    hear(1, 4, 10 * SECOND);
    hold(43, 0);

    assertThat(rebalancer.offers(DUE - 1, loads, estimates, queue, 0, Rebalancer.Rules.ANY))
        .isEmpty();
    assertThat(offers()).isEmpty();
  }

  @Test
  void whatMovedFiveTimes_stays() {
    hear(0, 4, 0);
    hear(1, 4, 0);
    hold(100, 5);

    assertThat(offers()).isEmpty();
    assertThat(queue.size()).isEqualTo(100);
  }

  @Test
  void answer_settlesTheOffer_andTheRestGoesBack() {
    hear(0, 4, 0);
    hear(1, 4, 0);
    hold(40, 0);
    Offer offer = offers().get(0);
    assertThat(offer.tasks()).isEqualTo(20);
    assertThat(rebalancer.offered()).isEqualTo(20);
    Map<Cid, IndexSet> taken = new LinkedHashMap<>();
    taken.put(batch(0), IndexSet.range(0, 25));
    taken.put(batch(7), IndexSet.range(0, 25));

    assertThat(rebalancer.answered(DUE, peer(2), offer.exchange(), taken, queue)).isEmpty();
    List<Queued> moved = rebalancer.answered(DUE, peer(1), offer.exchange(), taken, queue);

    assertThat(moved).extracting(Queued::indexes).containsExactly(IndexSet.range(20, 25));
    assertThat(queue.size()).isEqualTo(35);
    assertThat(rebalancer.offered()).isZero();
    assertThat(rebalancer.answered(DUE, peer(1), offer.exchange(), taken, queue)).isEmpty();
  }

  @Test
  void unansweredOffer_goesBack_inTimeOrWithItsPeer() {
    hear(0, 4, 0);
    hear(1, 4, 0);
    hear(2, 4, 0);
    hold(60, 0);
    List<Offer> offers = offers();
    rebalancer.remove(batch(0), IndexSet.range(59, 60));

    assertThat(rebalancer.gone(offers.get(0).to(), queue)).isNotEmpty();
    assertThat(rebalancer.expired(DUE + 5 * SECOND - 1, queue)).isEmpty();
    assertThat(rebalancer.nextDeadlineNanos()).isEqualTo(2 * DUE);
    assertThat(rebalancer.expired(DUE + 5 * SECOND, queue)).isNotEmpty();

    assertThat(queue.size()).isEqualTo(59);
    assertThat(rebalancer.offered()).isZero();
  }

  @Test
  void welcome_isWhatEndsBeforeTheGiver() {
    hear(0, 4, 0);
    hear(1, 4, 10 * SECOND);

    assertThat(welcome(1000)).isBetween(38, 40);
    assertThat(welcome(3)).isEqualTo(3);
    hold(40, 0);
    assertThat(welcome(1000)).isZero();
  }

  private int welcome(int tasks) {
    return rebalancer.welcome(
        DUE, loads, estimates, queue, 0, peer(1), KIND, tasks, tasks * SECOND / 1000);
  }

  @Test
  void loadsFromBeforeABurst_areTakenToHaveGrownToo() {
    hear(0, 4, 0);
    hear(1, 4, 0);
    hold(100, 0);
    rebalancer.came(DUE);

    assertThat(offers()).isEmpty();
    assertThat(loads.report(2 * DUE - 1, report(1, 2, 4, 0, SECOND))).isTrue();
    assertThat(rebalancer.offers(2 * DUE, loads, estimates, queue, 0, Rebalancer.Rules.ANY))
        .isNotEmpty();
  }

  /** Its tasks never end, so it is later at every look; that says nothing of the other. */
  @Test
  void stuckPeer_givesInTheEnd_thoughItIsEverLater() {
    assertThat(periodsUntilOffer(period -> period == 1 ? 40 : 0, period -> period * DUE))
        .isBetween(2, 5);
  }

  @Test
  void ownerUnderSteadyInflow_givesInTheEnd() {
    assertThat(periodsUntilOffer(period -> 8, period -> 0L)).isBetween(2, 5);
  }

  /**
   * In how many periods this peer offers something to an idle one, which reports every time just
   * before work comes here; none comes there.
   *
   * @param come how many tasks come in a period; as many as two seconds take begin
   * @param running what the running ones still need
   */
  private int periodsUntilOffer(IntUnaryOperator come, IntToLongFunction running) {
    hear(0, 4, 0);
    for (int period = 1; period <= 20; period++) {
      long now = period * DUE;
      assertThat(loads.report(now - SECOND, report(1, period, 4, 0, SECOND))).isTrue();
      int tasks = come.applyAsInt(period);
      if (tasks > 0) {
        queue.add(batch(period), IndexSet.range(0, tasks), ticket(KIND, 5, period));
        rebalancer.came(now - SECOND / 2);
      }
      List<Offer> offers =
          rebalancer.offers(
              now, loads, estimates, queue, running.applyAsLong(period), Rebalancer.Rules.ANY);
      if (!offers.isEmpty()) {
        return period;
      }
      for (int i = 0; i < 8 && running.applyAsLong(period) == 0; i++) {
        queue.pop(now, 4, 0);
      }
    }
    return 100;
  }

  @Test
  void surplusThatMayBeChance_stays() {
    hear(0, 4, 0);
    hear(1, 4, 8 * SECOND);
    estimates.report(
        new PeerReport(
            peer(0),
            1,
            2,
            4,
            4,
            0,
            0,
            List.of(new RunTime(WORK, SECOND, 2 * SECOND)),
            true,
            List.of(),
            4,
            1024));
    hold(40, 0);

    assertThat(offers()).isEmpty();
  }

  /** If all givers see the same and give at once, nobody is given more than takes it to F*. */
  @ParameterizedTest
  @MethodSource("seeds")
  void manyGivers_togetherLevelTheNetwork(long seed) {
    Random random = new Random(seed);
    int peers = 2 + random.nextInt(30);
    List<Standing> standings = new ArrayList<>();
    double work = 0;
    double rate = 0;
    for (int i = 0; i < peers; i++) {
      Standing each =
          new Standing(
              peer(i),
              1 + random.nextInt(32),
              random.nextLong(100 * SECOND),
              1 + random.nextInt(1_000_000));
      standings.add(each);
      work += each.finishNanos() * each.rate();
      rate += each.rate();
    }
    double level = work / rate;
    Map<PeerId, Integer> given = new LinkedHashMap<>();
    int givers = 0;
    for (Standing each : standings) {
      Balance balance = Balance.of(each.peer(), standings);
      assertThat(balance.levelNanos()).isCloseTo(level, within(level * 1e-9));
      double surplus = Math.max(0, (each.finishNanos() - level) * each.rate());
      int gives = 0;
      int tasksMax = balance.gives() ? Integer.MAX_VALUE : 0;
      for (Balance.Share share : balance.shares(tasksMax, seed, peer -> true)) {
        given.merge(share.to().peer(), share.tasks(), Integer::sum);
        gives += share.tasks();
      }
      givers += gives > 0 ? 1 : 0;
      assertThat((double) gives).describedAs("seed %d", seed).isLessThanOrEqualTo(surplus + 0.001);
    }
    for (Standing each : standings) {
      double deficit = Math.max(0, (level - each.finishNanos()) * each.rate());
      assertThat((double) given.getOrDefault(each.peer(), 0))
          .describedAs("seed %d, %s", seed, each)
          .isLessThanOrEqualTo(deficit + givers + 1);
    }
  }
}
