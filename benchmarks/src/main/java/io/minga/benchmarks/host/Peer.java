package io.minga.benchmarks.host;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/** The client's side of a contender: what figures are made of. */
interface Peer extends AutoCloseable {
  /** What the server does with the bytes of a lane. */
  enum Service {
    /** Sends them back. */
    ECHO('e'),
    /** Counts them, and sends one byte for each {@link #BYTES_PER_RECEIPT}. */
    DISCARD('d');

    /** How raw TCP asks for it: the first byte of a connection. */
    final int letter;

    Service(char letter) {
      this.letter = letter;
    }
  }

  int BYTES_PER_RECEIPT = 16 << 20;

  /** A two-way sequence of bytes with the server. Its methods are for its own event loop. */
  interface Lane {
    /** Sends {@code bytes} when the receiver's method that does it returns. */
    void write(ByteBuf bytes);

    /** Whether a well-behaved writer goes on. */
    boolean isWritable();

    /** Says that nothing follows. */
    void close();
  }

  /** Who gets what happens to a lane, on its event loop. */
  interface Receiver {
    void opened(Lane lane);

    /** Takes {@code bytes} over. */
    void read(Lane lane, ByteBuf bytes);

    /** The lane is writable again. */
    default void writable(Lane lane) {}

    /** The lane has ended against our will. */
    void failed(Throwable cause);
  }

  /**
   * Connects anew, until the server has said who it is, then closes.
   *
   * @return after the close, how many nanoseconds it took until the server was known
   */
  CompletableFuture<Long> connectAnew();

  /** Opens a stream on the connection, has one byte echoed, closes it; completes after that. */
  CompletableFuture<Void> openAnew();

  /** Opens a lane for {@code service}. */
  void open(Service service, Receiver receiver);

  /** Starts a host that listens on a free port of loopback and has nothing to do. */
  AutoCloseable startIdle() throws Exception;

  @Override
  void close();
}
