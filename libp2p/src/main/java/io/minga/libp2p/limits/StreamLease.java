package io.minga.libp2p.limits;

import io.minga.libp2p.connections.Direction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One stream that the host holds. It starts pending, unless its protocol was known as it opened,
 * and counts for its protocol once that is agreed. Safe for use by several threads.
 */
public final class StreamLease implements StreamAdmission {
  private final ResourceAccounts accounts;
  final PeerAccount peer;
  final Direction direction;

  // Guarded by the accounts' lock, like all that they count.
  @Nullable String protocol;
  Account stage;
  long memoryBytes;
  boolean closed;

  /** A stream that counts in {@code stage}: the pending streams, or its protocol's. */
  StreamLease(
      ResourceAccounts accounts,
      PeerAccount peer,
      Direction direction,
      @Nullable String protocol,
      Account stage) {
    this.accounts = accounts;
    this.peer = peer;
    this.direction = direction;
    this.protocol = protocol;
    this.stage = stage;
  }

  /**
   * Moves the stream, with its memory, from the pending ones to those of its peer for {@code
   * protocol}. If that is refused it stays pending, to be reset by its owner.
   *
   * @throws IllegalStateException if it is closed or already has a protocol
   */
  public Optional<Refusal> streamProtocol(String protocol) {
    return Optional.ofNullable(accounts.streamProtocol(this, protocol));
  }

  /**
   * Holds {@code bytes} more for buffers of the stream.
   *
   * @throws IllegalStateException if the stream is closed
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

  /** Gives back the stream and its memory, the first time; later calls do nothing. */
  public void close() {
    accounts.close(this);
  }
}
