package io.minga.libp2p;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What tests do with a stream. */
final class TestStreams {
  private TestStreams() {}

  /** Says nothing, not even goodbye. */
  static final class Silence implements StreamHandler {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void remoteClosed(Stream stream) {}
  }

  /** Sends back what comes. */
  static final class Echo implements StreamHandler {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      stream.write(bytes);
    }
  }

  /** Keeps what comes, as text, until the other side closes. */
  static final class Collector implements StreamHandler {
    final CompletableFuture<String> all = new CompletableFuture<>();
    final StringBuilder text = new StringBuilder();
    final AtomicLong bytes = new AtomicLong();

    @Override
    public void read(Stream stream, ByteBuf chunk) {
      bytes.addAndGet(chunk.readableBytes());
      if (text.length() < 1024) {
        text.append(chunk.toString(StandardCharsets.UTF_8));
      }
      chunk.release();
    }

    @Override
    public void remoteClosed(Stream stream) {
      all.complete(text.toString());
      stream.closeWrite();
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      if (cause != null) {
        all.completeExceptionally(cause);
      }
    }
  }
}
