package io.minga.libp2p.netty;

import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.identify.IdentifiedPeer;
import io.minga.libp2p.identify.IdentifyMessage;
import io.minga.libp2p.identify.IdentifyReader;
import io.minga.libp2p.identity.PeerRecord;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells peers who we are, and hears who they are: identify and its push, both sides. Safe for any
 * thread.
 */
final class IdentifyService {
  private static final String PROTOCOL_VERSION = "ipfs/0.1.0";

  private final HostOptions options;
  private final Crypto crypto;
  private final Protocols protocols;
  private final Supplier<List<Multiaddr>> addresses;

  private List<Multiaddr> recordedAddresses = List.of();
  private @Nullable Bytes signedRecord;
  private long sequence;

  /**
   * @param addresses where the host can be reached now
   */
  IdentifyService(
      HostOptions options,
      Crypto crypto,
      Protocols protocols,
      Supplier<List<Multiaddr>> addresses) {
    this.options = options;
    this.crypto = crypto;
    this.protocols = protocols;
    this.addresses = addresses;
  }

  /** Asks the peer of a fresh connection who it is, and tells the connection. */
  void ask(NettyConnection connection) {
    connection
        .newStreamLazily(
            IdentifyMessage.PROTOCOL,
            stream -> new Hearing(connection, stream, connection::identifyFailed))
        .exceptionally(
            failure -> {
              connection.identifyFailed(
                  failure instanceof HostException reason
                      ? reason
                      : new HostException(Kind.CLOSED, String.valueOf(failure), failure));
              return null;
            });
  }

  /** Answers a peer that asks. */
  StreamHandler answer(Stream stream) {
    say(stream);
    return new Deaf();
  }

  /** Takes what a peer tells unasked. */
  StreamHandler receivePush(Stream stream) {
    return new Hearing((NettyConnection) stream.connection(), stream, reason -> {});
  }

  /** Tells the peers of {@code connections} what has changed, those that want to know. */
  void push(List<NettyConnection> connections) {
    for (NettyConnection connection : connections) {
      IdentifiedPeer peer = connection.peerInfo();
      if (peer != null && peer.protocols().contains(IdentifyMessage.PUSH_PROTOCOL)) {
        connection
            .newStreamLazily(IdentifyMessage.PUSH_PROTOCOL, stream -> new Deaf())
            .thenAccept(this::say);
      }
    }
  }

  private void say(Stream stream) {
    Bytes message =
        message(stream.connection().remoteAddress())
            .within(options.identify().ownMessageBytesMax())
            .encode();
    stream.write(Buffers.of(Uvarint.encode(message.length()).concat(message)));
    stream.closeWrite();
  }

  private IdentifyMessage message(Multiaddr observed) {
    List<Multiaddr> reachable = addresses.get();
    return new IdentifyMessage(
        options.identity().publicKey(),
        reachable,
        protocols.names(),
        observed,
        PROTOCOL_VERSION,
        options.agent(),
        signedRecord(reachable));
  }

  /** Signs anew only when an address has come or gone. */
  private synchronized @Nullable Bytes signedRecord(List<Multiaddr> reachable) {
    if (reachable.isEmpty()) {
      return null;
    }
    Bytes record = signedRecord;
    if (record == null || !reachable.equals(recordedAddresses)) {
      List<Multiaddr> signed =
          reachable.subList(0, Math.min(reachable.size(), PeerRecord.ADDRESSES_MAX));
      // Later than any record of an earlier run under the same key.
      sequence = Math.max(sequence + 1, System.currentTimeMillis());
      record = PeerRecord.seal(crypto, options.identity(), sequence, signed).encode();
      recordedAddresses = reachable;
      signedRecord = record;
    }
    return record;
  }

  /** Reads what a peer says of itself, to the end of its stream. */
  private final class Hearing implements StreamHandler {
    private final NettyConnection connection;
    private final Consumer<HostException> failed;
    private final IdentifyReader reader = new IdentifyReader(options.identify());
    private @Nullable ScheduledFuture<?> deadline;
    private boolean heard;

    Hearing(NettyConnection connection, Stream stream, Consumer<HostException> failed) {
      this.connection = connection;
      this.failed = failed;
      long timeoutNanos = options.limits().negotiationTimeout().toNanos();
      deadline =
          connection
              .eventLoop()
              .schedule(() -> timedOut(stream), timeoutNanos, TimeUnit.NANOSECONDS);
    }

    private void timedOut(Stream stream) {
      deadline = null;
      failed.accept(
          new HostException(
              Kind.TIMED_OUT, "the other side did not finish saying who it is in time"));
      stream.reset();
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      try {
        reader.read(bytes.nioBuffer());
      } catch (WireException e) {
        violated(stream, e);
      } finally {
        bytes.release();
      }
    }

    @Override
    public void remoteClosed(Stream stream) {
      try {
        IdentifyMessage said = connection.said().merge(reader.finish());
        connection.identified(said, IdentifiedPeer.verify(crypto, connection.peer(), said));
        heard = true;
        stream.closeWrite();
      } catch (WireException e) {
        violated(stream, e);
      }
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      ScheduledFuture<?> armed = deadline;
      if (armed != null) {
        armed.cancel(false);
      }
      if (!heard) {
        failed.accept(
            cause != null
                ? cause
                : new HostException(Kind.CLOSED, "the other side said nothing of itself"));
      }
    }

    private void violated(Stream stream, WireException e) {
      failed.accept(new HostException(Kind.PEER_VIOLATION, e.getMessage(), e));
      stream.reset();
    }
  }

  /** Speaks, and expects nothing to be said. */
  private static final class Deaf implements StreamHandler {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
    }
  }
}
