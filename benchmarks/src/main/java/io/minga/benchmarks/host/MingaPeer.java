package io.minga.benchmarks.host;

import io.minga.libp2p.Connection;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.multiformats.Multiaddr;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Our host as a client. */
final class MingaPeer implements Peer {
  private final Contender contender;
  private final Multiaddr server;

  /** Holds the one connection that streams are opened on; made when it is needed first. */
  private @Nullable Host host;

  /** Connects again and again; another peer than the above to the server. */
  private @Nullable Host dialer;

  MingaPeer(Contender contender, String server) {
    this.contender = contender;
    this.server = Multiaddr.parse(server);
  }

  @Override
  public CompletableFuture<Long> connectAnew() {
    Host from = startOnce(dialer);
    dialer = from;
    long startNanos = System.nanoTime();
    return from.connect(server)
        .thenCompose(
            connection ->
                connection
                    .identified()
                    .thenApply(identified -> System.nanoTime() - startNanos)
                    .thenCompose(nanos -> connection.close().thenApply(closed -> nanos)));
  }

  @Override
  public CompletableFuture<Void> openAnew() {
    OneByte oneByte = new OneByte();
    connection()
        .newStream(List.of(MingaServer.ECHO), stream -> oneByte)
        .thenAccept(stream -> stream.write(stream.allocator().buffer(1).writeByte(1)))
        .exceptionally(oneByte::failed);
    return oneByte.closed;
  }

  @Override
  public void open(Service service, Receiver receiver) {
    String protocol = service == Service.ECHO ? MingaServer.ECHO : MingaServer.DISCARD;
    connection()
        .newStream(
            List.of(protocol),
            stream -> {
              StreamLane lane = new StreamLane(stream, receiver);
              receiver.opened(lane);
              return lane;
            })
        .exceptionally(
            failure -> {
              receiver.failed(failure);
              return null;
            });
  }

  @Override
  public AutoCloseable startIdle() throws HostException {
    return MingaServer.start(contender);
  }

  private Connection connection() {
    Host from = host;
    if (from == null) {
      from = startOnce(null);
      host = from;
      from.connect(server).thenCompose(Connection::identified).join();
    }
    return from.connections().get(0);
  }

  private Host startOnce(@Nullable Host started) {
    try {
      return started != null ? started : MingaServer.start(contender);
    } catch (HostException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (host != null) {
      host.close();
    }
    if (dialer != null) {
      dialer.close();
    }
  }

  private static final class OneByte implements StreamHandler {
    final CompletableFuture<Void> closed = new CompletableFuture<>();

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
      stream.closeWrite();
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      if (cause == null) {
        closed.complete(null);
      } else {
        closed.completeExceptionally(cause);
      }
    }

    @Nullable Void failed(Throwable cause) {
      closed.completeExceptionally(cause);
      return null;
    }
  }

  private static final class StreamLane implements Lane, StreamHandler {
    private final Stream stream;
    private final Receiver receiver;

    StreamLane(Stream stream, Receiver receiver) {
      this.stream = stream;
      this.receiver = receiver;
    }

    @Override
    public void write(ByteBuf bytes) {
      stream.write(bytes);
    }

    @Override
    public boolean isWritable() {
      return stream.isWritable();
    }

    @Override
    public void close() {
      stream.closeWrite();
    }

    @Override
    public void read(Stream from, ByteBuf bytes) {
      receiver.read(this, bytes);
    }

    @Override
    public void writable(Stream to) {
      receiver.writable(this);
    }

    @Override
    public void closed(Stream ended, @Nullable HostException cause) {
      if (cause != null) {
        receiver.failed(cause);
      }
    }
  }
}
