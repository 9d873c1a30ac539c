package io.minga.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RendezvousTest {
  private final List<PeerId> peers = new ArrayList<>();
  private final SplittableRandom keys = new SplittableRandom(5);

  RendezvousTest() {
    for (int i = 0; i < 10; i++) {
      peers.add(Peers.peer(i));
    }
  }

  private static PeerId first(long key, List<PeerId> peers) {
    PeerId first = peers.get(0);
    for (PeerId peer : peers) {
      boolean higher =
          Rendezvous.rank(key, Rendezvous.hash(peer))
              > Rendezvous.rank(key, Rendezvous.hash(first));
      first = higher ? peer : first;
    }
    return first;
  }

  @Test
  void peerThatGoes_takesItsOwnKeysAlone() {
    List<PeerId> left = new ArrayList<>(peers);
    PeerId gone = left.remove(3);
    for (int i = 0; i < 1_000; i++) {
      long key = keys.nextLong();
      PeerId before = first(key, peers);
      assertThat(first(key, left).equals(before)).isEqualTo(!before.equals(gone));
    }
  }

  @Test
  void keys_areSharedEvenly() {
    int[] counts = new int[peers.size()];
    for (int i = 0; i < 10_000; i++) {
      counts[peers.indexOf(first(keys.nextLong(), peers))]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(900, 1_100);
    }
  }
}
