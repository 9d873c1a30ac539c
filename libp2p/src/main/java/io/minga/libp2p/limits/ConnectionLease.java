package io.minga.libp2p.limits;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.identity.PeerId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection that the host holds, from its socket to its end. It starts pending and belongs to
 * a peer once that is authenticated. Its streams have leases of their own, which its close does not
 * end. Safe for use by several threads.
 */
public final class ConnectionLease implements ConnectionAdmission {
  private final ResourceAccounts accounts;
  final Direction direction;

  // Guarded by the accounts' lock, like all that they count.
  @Nullable PeerAccount peer;
  long memoryBytes;
  boolean closed;

  ConnectionLease(ResourceAccounts accounts, Direction direction) {
    this.accounts = accounts;
    this.direction = direction;
  }

  /**
   * Moves the connection, with its memory, from the pending ones to those of {@code peer}. If that
   * is refused it stays pending, to be closed by its owner.
   *
   * @throws IllegalStateException if it is closed or already authenticated
   */
  public Optional<Refusal> authenticated(PeerId peer) {
    return Optional.ofNullable(accounts.authenticate(this, peer));
  }

  /**
   * A stream without a protocol yet.
   *
   * @throws IllegalStateException if the connection is closed or not authenticated
   */
  public StreamAdmission tryOpenStream(Direction direction) {
    return accounts.openStream(this, direction, null);
  }

  /**
   * A stream whose protocol is known as it opens, as for a dialer with one candidate.
   *
   * @throws IllegalStateException if the connection is closed or not authenticated
   */
  public StreamAdmission tryOpenStream(Direction direction, String protocol) {
    return accounts.openStream(this, direction, protocol);
  }

  /**
   * Holds {@code bytes} more for buffers of the connection itself.
   *
   * @throws IllegalStateException if the connection is closed
   */
  public Optional<Refusal> tryReserveMemory(long bytes) {
    return Optional.ofNullable(accounts.reserve(this, bytes));
  }

  /**
   * Gives back {@code bytes} of what was reserved.
   *
   * @throws IllegalStateException if that is more than is held; nothing changes
   */
  public void releaseMemory(long bytes) {
    accounts.release(this, bytes);
  }

  /** Gives back the connection and its memory, the first time; later calls do nothing. */
  public void close() {
    accounts.close(this);
  }
}
