package io.minga.libp2p.netty;

import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.ping.PingInitiator;
import io.minga.libp2p.ping.PingOptions;
import io.minga.libp2p.ping.PingResponder;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Runs the ping machines over streams, both sides of them. */
final class PingService {
  private PingService() {}

  /** One inbound ping stream. */
  static final class Responder implements StreamHandler {
    private final NettyConnection connection;
    private final PingResponder responder;
    private final Deadline deadline;

    Responder(PingOptions options, NettyConnection connection, Stream stream) {
      this.connection = connection;
      connection.pingStreams().incrementAndGet();
      responder = new PingResponder(options, System.nanoTime());
      deadline = new Deadline(connection.eventLoop(), () -> tick(stream));
      deadline.arm(responder.nextDeadlineNanos());
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      handle(stream, new PingResponder.Input.Received(Buffers.toBytes(bytes)));
    }

    @Override
    public void writable(Stream stream) {
      stream.resumeReading();
    }

    @Override
    public void remoteClosed(Stream stream) {
      handle(stream, new PingResponder.Input.RemoteClosed());
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      deadline.cancel();
      connection.pingStreams().decrementAndGet();
    }

    private void tick(Stream stream) {
      handle(stream, new PingResponder.Input.Tick());
      deadline.arm(responder.nextDeadlineNanos());
    }

    private void handle(Stream stream, PingResponder.Input input) {
      try {
        for (PingResponder.Effect effect : responder.handle(System.nanoTime(), input)) {
          if (effect instanceof PingResponder.Effect.Send send) {
            stream.write(Buffers.of(send.bytes()));
            if (!stream.isWritable()) {
              stream.pauseReading(); // a peer that takes no echoes gets no further pings through
            }
          } else if (effect instanceof PingResponder.Effect.CloseWrite) {
            stream.closeWrite();
          } else {
            stream.reset();
          }
        }
      } catch (WireException e) {
        stream.reset();
      }
    }
  }

  /** Our pings over one connection, on its event loop. */
  static final class Initiator implements StreamHandler {
    private final NettyConnection connection;
    private final PingInitiator initiator;
    private final Deadline deadline;
    private final List<CompletableFuture<Duration>> waiting = new ArrayList<>(1);

    /** The stream in use; events of a former one are stale. */
    private @Nullable Stream current;

    /** Counts the streams asked for, to tell an answer that is no longer wanted. */
    private int generation;

    Initiator(PingOptions options, Entropy entropy, NettyConnection connection) {
      this.connection = connection;
      this.initiator = new PingInitiator(options, entropy);
      this.deadline = new Deadline(connection.eventLoop(), this::tick);
    }

    /** Pings once; whoever asks while one is under way shares its result. */
    void ping(CompletableFuture<Duration> result) {
      if (!connection.isOpen()) {
        result.completeExceptionally(ConnectionFailures.closed());
        return;
      }
      waiting.add(result);
      handle(new PingInitiator.Input.Ping());
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      Bytes received = Buffers.toBytes(bytes);
      if (stream == current) {
        handle(new PingInitiator.Input.Received(received));
      }
    }

    @Override
    public void remoteClosed(Stream stream) {
      ended(stream);
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      ended(stream);
      if (!connection.isOpen()) {
        deadline.cancel();
        fail(cause != null ? cause : ConnectionFailures.closed());
      }
    }

    private void ended(Stream stream) {
      if (stream == current) {
        handle(new PingInitiator.Input.RemoteClosed());
      }
    }

    private void tick() {
      handle(new PingInitiator.Input.Tick());
    }

    private void handle(PingInitiator.Input input) {
      try {
        for (PingInitiator.Effect effect : initiator.handle(System.nanoTime(), input)) {
          perform(effect);
        }
      } catch (WireException e) {
        resetStream();
        fail(new HostException(Kind.PEER_VIOLATION, e.getMessage(), e));
      }
      deadline.arm(initiator.nextDeadlineNanos());
    }

    private void perform(PingInitiator.Effect effect) {
      if (effect instanceof PingInitiator.Effect.OpenStream) {
        openStream();
      } else if (effect instanceof PingInitiator.Effect.Send send) {
        if (current != null) {
          current.write(Buffers.of(send.bytes()));
        }
      } else if (effect instanceof PingInitiator.Effect.CloseStream) {
        Stream stream = forgetStream();
        if (stream != null) {
          stream.closeWrite();
        }
      } else if (effect instanceof PingInitiator.Effect.ResetStream) {
        resetStream();
      } else if (effect instanceof PingInitiator.Effect.RoundTrip roundTrip) {
        takeWaiting().forEach(result -> result.complete(Duration.ofNanos(roundTrip.nanos())));
      } else if (effect instanceof PingInitiator.Effect.Failed failed) {
        fail(new HostException(Kind.TIMED_OUT, failed.reason()));
      }
    }

    private void openStream() {
      int asked = ++generation;
      connection
          .newStream(List.of(PingOptions.PROTOCOL), stream -> this)
          .whenComplete((stream, failure) -> opened(asked, stream, failure));
    }

    private void opened(int asked, @Nullable Stream stream, @Nullable Throwable failure) {
      if (asked != generation) {
        if (stream != null) {
          stream.reset();
        }
      } else if (stream != null) {
        current = stream;
        handle(new PingInitiator.Input.Opened());
      } else {
        handle(
            new PingInitiator.Input.OpenFailed(
                String.valueOf(failure == null ? null : failure.getMessage())));
      }
    }

    private void resetStream() {
      Stream stream = forgetStream();
      if (stream != null) {
        stream.reset();
      }
    }

    private @Nullable Stream forgetStream() {
      Stream stream = current;
      current = null;
      generation++;
      return stream;
    }

    private void fail(HostException reason) {
      takeWaiting().forEach(result -> result.completeExceptionally(reason));
    }

    private List<CompletableFuture<Duration>> takeWaiting() {
      List<CompletableFuture<Duration>> taken = List.copyOf(waiting);
      waiting.clear();
      return taken;
    }
  }
}
