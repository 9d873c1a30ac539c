package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is fetched when. */
final class FetchingTest {
  private static final long SECOND = 1_000_000_000;
  private static final Cid A = cid(1);
  private static final Cid B = cid(2);
  private static final Cid C = cid(3);
  private static final PeerId ONE = peer(1);
  private static final PeerId OTHER = peer(2);

  private final Fetching fetching =
      new Fetching(new FetchOptions(2, 1000, 500, Duration.ofSeconds(10)));
  private final List<Effect> out = new ArrayList<>();
  private final List<String> told = new ArrayList<>();

  /** Notes what it is told. */
  private record Noting(String name, List<String> told) implements Fetching.Waiter {
    @Override
    public void here(long nowNanos) {
      told.add(name + " here");
    }

    @Override
    public void missing(long nowNanos, String why) {
      told.add(name + " " + why);
    }
  }

  private static Cid cid(int number) {
    return VillageBlocks.content(number, 1).cid();
  }

  private static PeerId peer(int number) {
    byte[] multihash = new byte[34];
    multihash[0] = 0x12;
    multihash[1] = 0x20;
    multihash[2] = (byte) number;
    try {
      return PeerId.decode(Bytes.copyOf(multihash));
    } catch (WireException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  private Noting waiter(String name) {
    return new Noting(name, told);
  }

  private List<Effect> flush(long nowNanos) {
    fetching.flush(nowNanos, out);
    List<Effect> effects = List.copyOf(out);
    out.clear();
    return effects;
  }

  private static Effect.Fetch fetch(Cid cid, long size, PeerId... from) {
    return new Effect.Fetch(cid, size, List.of(from));
  }

  @Test
  void blockThatSeveralWant_isFetchedOnce_fromAllWhoMayHaveIt() {
    fetching.want(A, 10, ONE, 5, waiter("x"));
    fetching.want(A, 10, OTHER, 5, waiter("y"));
    assertThat(flush(0)).containsExactly(fetch(A, 10, ONE, OTHER));
    fetching.want(A, 10, ONE, 5, waiter("z"));
    assertThat(flush(0)).isEmpty();
    assertThat(fetching.use(A)).isFalse();
    fetching.fetched(0, A, out);
    assertThat(told).containsExactly("x here", "y here", "z here");
    assertThat(fetching.use(A)).isTrue();
  }

  @Test
  void results_goFirst_thenThePriorityDecides_thenWhoCameFirst() {
    fetching.want(A, 10, ONE, 5, waiter("a"));
    fetching.want(B, 10, ONE, 6, waiter("b"));
    fetching.want(C, 10, ONE, Fetching.RESULT, waiter("c"));
    assertThat(flush(0)).containsExactly(fetch(C, 10, ONE), fetch(B, 10, ONE));
    fetching.notFetched(0, B, "no");
    assertThat(told).containsExactly("b no");
    assertThat(flush(0)).containsExactly(fetch(A, 10, ONE));
  }

  @Test
  void inputs_areFetchedSoManyBytesAhead_butAlwaysOne() {
    fetching.want(A, 5_000, ONE, 5, waiter("a"));
    fetching.want(B, 10, ONE, 5, waiter("b"));
    fetching.want(C, 5_000, ONE, Fetching.RESULT, waiter("c"));
    assertThat(flush(0)).containsExactly(fetch(C, 5_000, ONE), fetch(A, 5_000, ONE));
    fetching.fetched(0, C, out);
    fetching.over(0, C, out);
    fetching.fetched(0, A, out);
    assertThat(flush(0)).containsExactly(new Effect.Release(C));
    fetching.over(0, A, out);
    assertThat(flush(0)).containsExactly(new Effect.Release(A), fetch(B, 10, ONE));
  }

  @Test
  void inputThatNobodyUses_staysForAWhile() {
    fetching.want(A, 100, ONE, 5, waiter("a"));
    flush(0);
    fetching.fetched(0, A, out);
    fetching.over(1 * SECOND, A, out);
    assertThat(flush(1 * SECOND)).isEmpty();
    assertThat(fetching.nextDeadlineNanos(100 * SECOND)).isEqualTo(11 * SECOND);
    assertThat(fetching.use(A)).isTrue();
    assertThat(flush(20 * SECOND)).isEmpty();
    fetching.over(20 * SECOND, A, out);
    assertThat(flush(29 * SECOND)).isEmpty();
    assertThat(flush(30 * SECOND)).containsExactly(new Effect.Release(A));
    assertThat(fetching.use(A)).isFalse();
    assertThat(fetching.size()).isZero();
  }

  @Test
  void inputsThatNobodyUses_areLetGoSooner_ifTheyAreMany() {
    for (Cid cid : List.of(A, B, C)) {
      fetching.want(cid, 200, ONE, 5, waiter("it"));
      flush(0);
      fetching.fetched(0, cid, out);
      fetching.over(0, cid, out);
    }
    assertThat(out).containsExactly(new Effect.Release(A));
  }

  @Test
  void whatNobodyWaitsForAnyMore_isNotFetched() {
    Noting a = waiter("a");
    Noting b = waiter("b");
    fetching.want(A, 10, ONE, 5, a);
    fetching.forget(A, a);
    assertThat(flush(0)).isEmpty();
    assertThat(fetching.size()).isZero();
    fetching.want(B, 10, ONE, 5, b);
    assertThat(flush(0)).hasSize(1);
    fetching.forget(B, b);
    fetching.fetched(0, B, out);
    assertThat(told).isEmpty();
    assertThat(flush(10 * SECOND)).containsExactly(new Effect.Release(B));
  }

  @Test
  void blockThatNobodyWanted_isLetGo() {
    fetching.fetched(0, A, out);
    assertThat(out).containsExactly(new Effect.Release(A));
    fetching.notFetched(0, A, "no");
    assertThat(told).isEmpty();
  }
}
