package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Rendezvous;

/**
 * Which peers of very many this one knows, though it has nothing to do with them: all, or a sample
 * that is another at each peer, and how many there are by that.
 *
 * <p>Any two peers have a number, the same at both. In the sample are those whose number with this
 * peer begins with so many zeros: one more once there are more than {@link #MOST} of them, one
 * fewer when few are left. So who knows a peer is known by it, whoever hears from all needs not
 * remember whom it has passed over, and there are as many peers as are in the sample, doubled for
 * each zero, give or take 3 to 6 %. (Flajolet, "On adaptive sampling", 1990.)
 */
final class Sample {
  /** The most of whom a peer knows without having to do with them. */
  static final int MOST = 1024;

  private static final int FEW = MOST / 4;

  /** Nobody takes others' word for more than a million: a number can be sought. */
  private static final int ZEROS_MAX = 10;

  private final long own;

  /** How many are known whose number begins with so many zeros and no more. */
  private final int[] byZeros = new int[Long.SIZE + 1];

  private int zeros;

  /** How many are known that are in the sample. */
  private int count;

  /** Nobody is known to the peer {@code self}. */
  Sample(PeerId self) {
    this.own = Rendezvous.hash(self);
  }

  /** With how many zeros the number begins that a peer has with this one. */
  int zeros(PeerId peer) {
    return Long.numberOfLeadingZeros(Rendezvous.rank(own, Rendezvous.hash(peer)));
  }

  /** Whether those with so many zeros are in it. */
  boolean has(int itsZeros) {
    return itsZeros >= zeros;
  }

  /** Whether that is everybody. */
  boolean isAll() {
    return zeros == 0;
  }

  /** How many peers there are, this one not counted. */
  int peers() {
    return count << zeros;
  }

  /** A peer is known from now on; whether others are in the sample no more. */
  boolean came(int itsZeros) {
    byZeros[itsZeros]++;
    count += has(itsZeros) ? 1 : 0;
    int before = zeros;
    while (count > MOST && zeros < ZEROS_MAX) {
      count -= byZeros[zeros++];
    }
    return zeros > before;
  }

  /** A peer is not known any more. */
  void went(int itsZeros) {
    byZeros[itsZeros]--;
    count -= has(itsZeros) ? 1 : 0;
    while (count < FEW && zeros > 0) {
      count += byZeros[--zeros];
    }
  }
}
