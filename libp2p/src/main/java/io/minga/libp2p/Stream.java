package io.minga.libp2p;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.CompletableFuture;

/**
 * A two-way sequence of bytes with one peer, for one protocol, among the many streams of a
 * connection. Safe to call from any thread; writes from one thread keep their order.
 */
public interface Stream {
  /** The connection that it belongs to. */
  Connection connection();

  /** The protocol that both sides agreed on: {@code /ipfs/ping/1.0.0}. */
  String protocol();

  /** Whether our side opened it. */
  boolean isInitiator();

  /** Where buffers for {@link #write} are best taken from. */
  ByteBufAllocator allocator();

  /**
   * Sends {@code bytes}, which it takes over and releases.
   *
   * @return completes, on the event loop, when the bytes have left our buffers for the socket;
   *     fails with a {@link HostException} when the stream ends before, or at once, with nothing
   *     queued, of kind REFUSED when the stream's buffer is full
   */
  CompletableFuture<Void> write(ByteBuf bytes);

  /**
   * Whether a well-behaved writer should go on: false from the buffer's high mark until it is under
   * the low mark again, which {@link StreamHandler#writable} tells.
   */
  boolean isWritable();

  /**
   * No more {@link StreamHandler#read} until {@link #resumeReading}; the other side's window fills.
   */
  void pauseReading();

  /** Undoes {@link #pauseReading}; what came meanwhile is read first. */
  void resumeReading();

  /** Says that we send no more, after everything written so far; reading goes on. */
  void closeWrite();

  /** Ends both directions at once; what is not sent yet is thrown away. */
  void reset();
}
