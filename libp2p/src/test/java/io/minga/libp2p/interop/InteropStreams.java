package io.minga.libp2p.interop;

import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The stream protocols of the interop contract (interop/README.md), both sides of each. */
final class InteropStreams {
  static final String ECHO = "/minga/interop/echo/1.0.0";
  static final String HALF_CLOSE = "/minga/interop/halfclose/1.0.0";
  static final String RESET = "/minga/interop/reset/1.0.0";

  /** Streams of ours, inbound echoes and held ones, that ended by a reset or a lost connection. */
  final AtomicInteger resetsSeen = new AtomicInteger();

  final AtomicInteger heldEnded = new AtomicInteger();
  final AtomicInteger openStreams = new AtomicInteger();

  void register(Host host) {
    host.handle(ECHO, stream -> new EchoResponder());
    host.handle(HALF_CLOSE, stream -> new HalfCloseResponder());
    host.handle(RESET, stream -> new ResetResponder());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Counts its stream while it is open. */
  abstract class Counted implements StreamHandler {
    Counted() {
      openStreams.incrementAndGet();
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      openStreams.decrementAndGet();
      ended(cause);
    }

    abstract void ended(@Nullable HostException cause);
  }

  private final class EchoResponder extends Counted {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      stream.write(bytes);
      if (!stream.isWritable()) {
        stream.pauseReading();
      }
    }

    @Override
    public void writable(Stream stream) {
      stream.resumeReading();
    }

    @Override
    void ended(@Nullable HostException cause) {
      if (cause != null) {
        resetsSeen.incrementAndGet();
      }
    }
  }

  private final class HalfCloseResponder extends Counted {
    private final MessageDigest digest = sha256();

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      digest.update(bytes.nioBuffer());
      bytes.release();
    }

    @Override
    public void remoteClosed(Stream stream) {
      stream.write(Unpooled.wrappedBuffer(digest.digest()));
      stream.closeWrite();
    }

    @Override
    void ended(@Nullable HostException cause) {}
  }

  private final class ResetResponder extends Counted {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
      stream.reset();
    }

    @Override
    void ended(@Nullable HostException cause) {}
  }

  /** What an echo brought back. */
  record Echo(long bytesReceived, String sha256Sent, String sha256Received) {
    boolean matches() {
      return sha256Sent.equals(sha256Received);
    }
  }

  /** Sends {@code bytes} bytes drawn from a seed, while it reads what comes back. */
  final class EchoInitiator extends Counted {
    private static final int CHUNK_BYTES = 64 << 10;

    final CompletableFuture<Echo> result = new CompletableFuture<>();
    private final MessageDigest sent = sha256();
    private final MessageDigest received = sha256();
    private long left;
    private long state;
    private long bytesReceived;

    EchoInitiator(long bytes, long seed) {
      left = bytes;
      state = seed * 0x9E3779B97F4A7C15L + 1;
    }

    void start(Stream stream) {
      writable(stream);
    }

    @Override
    public void writable(Stream stream) {
      while (left > 0 && stream.isWritable()) {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, left));
        while (chunk.remaining() >= Long.BYTES) {
          chunk.putLong(next());
        }
        while (chunk.hasRemaining()) {
          chunk.put((byte) next());
        }
        chunk.flip();
        sent.update(chunk.duplicate());
        left -= chunk.remaining();
        stream.write(Unpooled.wrappedBuffer(chunk));
        if (left == 0) {
          stream.closeWrite();
        }
      }
    }

    private long next() {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      return state;
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytesReceived += bytes.readableBytes();
      received.update(bytes.nioBuffer());
      bytes.release();
    }

    @Override
    public void remoteClosed(Stream stream) {
      HexFormat hex = HexFormat.of();
      result.complete(
          new Echo(bytesReceived, hex.formatHex(sent.digest()), hex.formatHex(received.digest())));
    }

    @Override
    void ended(@Nullable HostException cause) {
      result.completeExceptionally(
          cause != null ? cause : new IllegalStateException("the echo ended before its time"));
    }
  }

  /** Sends 1000 bytes, closes, and expects their hash. */
  final class HalfCloseInitiator extends Counted {
    final CompletableFuture<Boolean> matches = new CompletableFuture<>();
    private final byte[] bytes = new byte[1000];
    private final ByteBuf answer = Unpooled.buffer(32, 64);

    void start(Stream stream) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) i;
      }
      stream.write(Unpooled.wrappedBuffer(bytes));
      stream.closeWrite();
    }

    @Override
    public void read(Stream stream, ByteBuf chunk) {
      answer.writeBytes(chunk);
      chunk.release();
    }

    @Override
    public void remoteClosed(Stream stream) {
      matches.complete(answer.equals(Unpooled.wrappedBuffer(sha256().digest(bytes))));
    }

    @Override
    void ended(@Nullable HostException cause) {
      matches.completeExceptionally(
          cause != null ? cause : new IllegalStateException("closed without an answer"));
    }
  }

  /** Sends one byte and waits for how the stream ends. */
  final class ResetInitiator extends Counted {
    final CompletableFuture<Boolean> reset = new CompletableFuture<>();

    void start(Stream stream) {
      stream.write(Unpooled.wrappedBuffer(new byte[1]));
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
    }

    @Override
    void ended(@Nullable HostException cause) {
      reset.complete(cause != null && cause.kind() == HostException.Kind.RESET);
    }
  }

  /** Sends one byte, has it back, and keeps the stream, or resets it. */
  final class OneByteInitiator extends Counted {
    final CompletableFuture<Void> back = new CompletableFuture<>();
    private final boolean hold;

    OneByteInitiator(boolean hold) {
      this.hold = hold;
    }

    void start(Stream stream) {
      stream.write(Unpooled.wrappedBuffer(new byte[1]));
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
      back.complete(null);
      if (!hold) {
        stream.reset();
      }
    }

    @Override
    void ended(@Nullable HostException cause) {
      back.completeExceptionally(
          cause != null ? cause : new IllegalStateException("closed before its byte came back"));
      if (hold) {
        heldEnded.incrementAndGet();
        if (cause != null) {
          resetsSeen.incrementAndGet();
        }
      }
    }
  }
}
