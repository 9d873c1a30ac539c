package io.minga.libp2p.interop;

import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The stream protocols of the contract in interop/README.md, both sides of each. */
final class InteropStreams {
  static final String ECHO = "/minga/interop/echo/1.0.0";
  static final String HALF_CLOSE = "/minga/interop/halfclose/1.0.0";
  static final String RESET = "/minga/interop/reset/1.0.0";
  private static final int HALF_CLOSE_BYTES = 1000;

  /** The contract's counters. */
  final AtomicInteger resetsSeen = new AtomicInteger();

  final AtomicInteger openStreams = new AtomicInteger();
  final AtomicInteger heldEnded = new AtomicInteger();

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
  private abstract class Counted implements StreamHandler {
    Counted() {
      openStreams.incrementAndGet();
    }

    @Override
    public final void closed(Stream stream, @Nullable HostException cause) {
      openStreams.decrementAndGet();
      ended(cause);
    }

    void ended(@Nullable HostException cause) {}
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
  }

  private final class ResetResponder extends Counted {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
      stream.reset();
    }
  }

  /**
   * Our side of one stream that we open. All of it runs on the stream's event loop: {@link #begin}
   * is called as the stream opens, for which {@link Host#newStream} has a handler.
   */
  abstract class Initiator<T> extends Counted {
    /** What came of it; also fails when the stream ends before there is a result. */
    final CompletableFuture<T> result = new CompletableFuture<>();

    abstract void begin(Stream stream);

    @Override
    void ended(@Nullable HostException cause) {
      result.completeExceptionally(
          cause != null ? cause : new IllegalStateException("the stream ended before its time"));
    }
  }

  /** What an echo brought back. */
  record Echo(long bytesReceived, String sha256Sent, String sha256Received) {
    boolean matches() {
      return sha256Sent.equals(sha256Received);
    }
  }

  /** Sends so many bytes drawn from a seed, and reads what comes back at the same time. */
  final class EchoInitiator extends Initiator<Echo> {
    private static final int PIECE_BYTES = 64 << 10;

    private final Xorshift data;
    private final MessageDigest sent = sha256();
    private final MessageDigest received = sha256();
    private long bytesLeft;
    private long bytesReceived;

    EchoInitiator(long bytes, long seed) {
      bytesLeft = bytes;
      data = new Xorshift(seed);
    }

    @Override
    void begin(Stream stream) {
      writable(stream);
      if (bytesLeft == 0) {
        stream.closeWrite();
      }
    }

    @Override
    public void writable(Stream stream) {
      while (bytesLeft > 0 && stream.isWritable()) {
        byte[] piece = data.next((int) Math.min(PIECE_BYTES, bytesLeft));
        sent.update(piece);
        bytesLeft -= piece.length;
        stream.write(Unpooled.wrappedBuffer(piece));
        if (bytesLeft == 0) {
          stream.closeWrite();
        }
      }
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
      stream.closeWrite();
    }
  }

  /** Sends 1000 bytes, closes, and expects their hash. */
  final class HalfCloseInitiator extends Initiator<Boolean> {
    private final byte[] sent;
    private final ByteBuf answer = Unpooled.buffer(32, 64);

    HalfCloseInitiator(long seed) {
      sent = new Xorshift(seed).next(HALF_CLOSE_BYTES);
    }

    @Override
    void begin(Stream stream) {
      stream.write(Unpooled.wrappedBuffer(sent));
      stream.closeWrite();
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      answer.writeBytes(bytes);
      bytes.release();
    }

    @Override
    public void remoteClosed(Stream stream) {
      result.complete(answer.equals(Unpooled.wrappedBuffer(sha256().digest(sent))));
    }
  }

  /** Sends one byte and waits for how the stream ends: by a reset or not. */
  final class ResetInitiator extends Initiator<Boolean> {
    @Override
    void begin(Stream stream) {
      stream.write(Unpooled.wrappedBuffer(new byte[] {1}));
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
    }

    @Override
    void ended(@Nullable HostException cause) {
      result.complete(cause != null && cause.kind() == HostException.Kind.RESET);
    }
  }

  /** Sends one byte, has it back, and then keeps the stream or resets it. */
  final class OneByteInitiator extends Initiator<Void> {
    private static final byte SENT = 42;

    private final boolean hold;
    private boolean held;

    OneByteInitiator(boolean hold) {
      this.hold = hold;
    }

    @Override
    void begin(Stream stream) {
      stream.write(Unpooled.wrappedBuffer(new byte[] {SENT}));
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      boolean back = bytes.readableBytes() == 1 && bytes.readByte() == SENT;
      bytes.release();
      if (!back) {
        result.completeExceptionally(new IllegalStateException("another byte came back"));
        stream.reset();
        return;
      }
      held = hold;
      result.complete(null);
      if (!hold) {
        stream.reset();
      }
    }

    @Override
    void ended(@Nullable HostException cause) {
      super.ended(cause);
      if (held) {
        heldEnded.incrementAndGet();
        if (cause != null) {
          resetsSeen.incrementAndGet();
        }
      }
    }
  }
}
