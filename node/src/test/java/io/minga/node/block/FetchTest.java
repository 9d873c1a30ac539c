package io.minga.node.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.block.FetchWorld.Manner;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A fetch among peers of all manners, in virtual time. */
final class FetchTest {
  private static final int SEEDS = 25;
  private static final int WORLDS = 50;

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void block_comesIfAnybodyServesIt_andOnlyTheGuiltyAreBlamed(long seed) {
    for (int i = 0; i < WORLDS; i++) {
      long its = seed * WORLDS + i;
      FetchWorld world = new FetchWorld(its);
      FetchEffect end = world.run();
      List<Manner> manners = List.copyOf(world.peers.values());
      String what = "world %d, %d B of %s".formatted(its, world.content.length, manners);

      if (manners.stream().anyMatch(it -> it.serves) && world.isRoom) {
        assertThat(end).as(what).isInstanceOf(FetchEffect.Keep.class);
      }
      for (FetchEffect effect : world.effects) {
        if (effect instanceof FetchEffect.Misbehaved it) {
          Manner manner = world.peers.get(it.peer());
          assertThat(manner).as(what).matches(m -> m != null && m.guilty);
        }
      }
      if (end instanceof FetchEffect.GiveUp it && world.isRoom) {
        for (PeerId peer : world.peers.keySet()) {
          assertThat(it.why()).as(what).contains(peer.toString());
        }
      }
      world.asked.forEach((peer, times) -> assertThat(times).as(what).isLessThan(40));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void sameSeed_givesTheSameEffects(long seed) {
    FetchWorld one = new FetchWorld(seed);
    FetchWorld other = new FetchWorld(seed);
    one.run();
    other.run();
    assertThat(one.effects).isEqualTo(other.effects);
  }

  /** Whatever a liar does first, the honest one behind it is heard. */
  @ParameterizedTest
  @EnumSource(Manner.class)
  void honestOne_isHeardBehindAnybody(Manner manner) {
    for (long seed = 1; seed <= 30; seed++) {
      FetchWorld world = new FetchWorld(seed, manner, manner, Manner.HONEST);
      assertThat(world.run()).as("seed %d", seed).isInstanceOf(FetchEffect.Keep.class);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Manner.class,
      names = {"LIAR", "TWO_HEADERS", "CHUNK_FIRST", "LATE_MISSING", "BABBLER"})
  void whoMisbehavesOpenly_isToldOf(Manner manner) {
    for (long seed = 1; seed <= 30; seed++) {
      FetchWorld world = new FetchWorld(seed, manner);
      world.run();
      if (world.content.length > 0) {
        assertThat(world.effects)
            .as("seed %d", seed)
            .hasAtLeastOneElementOfType(FetchEffect.Misbehaved.class);
      }
    }
  }

  @Test
  void whatEachAnswered_isSaid() {
    FetchWorld world = new FetchWorld(1, Manner.MISSING);
    PeerId peer = world.peers.keySet().iterator().next();
    assertThat(world.run()).isEqualTo(new FetchEffect.GiveUp(peer + ": it has no such block"));
  }
}
