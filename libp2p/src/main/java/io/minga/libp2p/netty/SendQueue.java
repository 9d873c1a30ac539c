package io.minga.libp2p.netty;

import io.minga.libp2p.HostException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The bytes that one stream still has to send, oldest first, each write with the future that waits
 * for it. The multiplexer decides how many leave when; owned by the connection's event loop.
 */
final class SendQueue {
  private record Write(ByteBuf bytes, CompletableFuture<Void> sent) {}

  private final ArrayDeque<Write> writes = new ArrayDeque<>(4);

  boolean isEmpty() {
    return writes.isEmpty();
  }

  /** Appends {@code bytes}, which it takes over. */
  void add(ByteBuf bytes, CompletableFuture<Void> sent) {
    writes.add(new Write(bytes, sent));
  }

  /**
   * Moves the oldest {@code length} bytes to {@code out}, and the futures of writes that are
   * through with it to {@code sent}.
   */
  void moveTo(ByteBuf out, int length, List<CompletableFuture<Void>> sent) {
    int left = length;
    while (left > 0) {
      Write write = writes.element();
      int taken = Math.min(left, write.bytes.readableBytes());
      out.writeBytes(write.bytes, taken);
      left -= taken;
      if (!write.bytes.isReadable()) {
        writes.remove();
        write.bytes.release();
        sent.add(write.sent);
      }
    }
  }

  /** Throws the rest away and fails its futures with {@code cause}. */
  void fail(HostException cause) {
    for (Write write; (write = writes.poll()) != null; ) {
      write.bytes.release();
      write.sent.completeExceptionally(cause);
    }
  }
}
