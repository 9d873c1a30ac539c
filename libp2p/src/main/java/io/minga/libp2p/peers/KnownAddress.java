package io.minga.libp2p.peers;

import io.minga.libp2p.multiformats.Multiaddr;
import java.util.Comparator;

/** One address of a peer: where it comes from, until when it stays, and how dialling it went. */
final class KnownAddress {
  /**
   * Those that have not failed lately; then those that worked, the latest first; then the more
   * trusted; then loopback and private ones, which cost little and are the shorter way if we share
   * their network.
   */
  static final Comparator<KnownAddress> BEST_FIRST =
      Comparator.<KnownAddress>comparingInt(a -> a.failures)
          .thenComparing(KnownAddress::compareSuccess)
          .thenComparing(a -> a.source)
          .thenComparingInt(a -> a.distance);

  final Multiaddr address;
  AddressSource source;
  private final int distance;
  private long expiresNanos;
  private boolean succeeded;
  private long lastSuccessNanos;
  private int failures;

  KnownAddress(Multiaddr address, AddressSource source, long expiresNanos) {
    this.address = address;
    this.source = source;
    this.expiresNanos = expiresNanos;
    this.distance =
        IpAddress.of(address).map(ip -> ip.isLoopback() ? 0 : ip.isPrivate() ? 1 : 2).orElse(3);
  }

  /** Takes the better of both sources and the later of both ends. */
  void renew(AddressSource source, long expiresNanos) {
    if (source.compareTo(this.source) < 0) {
      this.source = source;
    }
    if (expiresNanos - this.expiresNanos > 0) {
      this.expiresNanos = expiresNanos;
    }
  }

  boolean isExpired(long nowNanos) {
    return source != AddressSource.PERMANENT && expiresNanos - nowNanos <= 0;
  }

  void succeeded(long nowNanos) {
    succeeded = true;
    lastSuccessNanos = nowNanos;
    failures = 0;
  }

  void failed() {
    failures = Math.min(failures + 1, Integer.MAX_VALUE - 1);
  }

  private static int compareSuccess(KnownAddress a, KnownAddress b) {
    if (a.succeeded != b.succeeded) {
      return a.succeeded ? -1 : 1;
    }
    return a.succeeded ? Long.signum(b.lastSuccessNanos - a.lastSuccessNanos) : 0;
  }
}
