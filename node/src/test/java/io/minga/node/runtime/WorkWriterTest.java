package io.minga.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.Stream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.reflect.Proxy;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What has gathered for a peer that was behind leaves whole, though a stream takes only so much.
 */
final class WorkWriterTest {
  private static final int MARK = 256 << 10;
  private static final int ROOM = 4 << 20;

  /** A stream that refuses what it has no room for, as the host's do. */
  private static final class Narrow {
    final ByteBuf taken = Unpooled.buffer();
    int pending = 1;

    Stream stream() {
      return (Stream)
          Proxy.newProxyInstance(
              Stream.class.getClassLoader(),
              new Class<?>[] {Stream.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "isWritable" -> pending < MARK;
                    case "allocator" -> UnpooledByteBufAllocator.DEFAULT;
                    case "write" -> write((ByteBuf) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }

    private CompletableFuture<Void> write(ByteBuf bytes) {
      int length = bytes.readableBytes();
      if (pending > 0 && pending + length > ROOM) {
        throw new AssertionError("%d and %d bytes more".formatted(pending, length));
      }
      pending += length;
      taken.writeBytes(bytes);
      bytes.release();
      return new CompletableFuture<>();
    }
  }

  @Test
  void moreThanAStreamTakes_leavesInPieces() {
    byte[] all = new byte[10_000_001];
    new Random(1).nextBytes(all);
    Narrow narrow = new Narrow();
    ByteBuf rest = Unpooled.buffer().writeBytes(all);

    while (rest != null) {
      rest = WorkWriter.write(narrow.stream(), rest);
      assertThat(narrow.pending).isLessThan(2 * MARK + 1);
      narrow.pending = 1; // all but a byte has left
    }

    byte[] taken = new byte[narrow.taken.readableBytes()];
    narrow.taken.readBytes(taken);
    assertThat(taken).isEqualTo(all);
  }
}
