package io.minga.gossip.netty;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.Topic;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.gossip.rpc.RpcLimits;
import io.minga.libp2p.FrameHandler;
import io.minga.libp2p.Frames;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A host that speaks gossipsub by hand: it says what it is told to, and keeps what it hears. */
public final class RawGossip implements AutoCloseable {
  final Host host;

  /** What it has been told. */
  public final List<Rpc> heard = new CopyOnWriteArrayList<>();

  /** The streams that the other side opened, also those that are gone. */
  final List<Stream> inbound = new CopyOnWriteArrayList<>();

  private final String protocol;
  private final boolean reads;

  /**
   * @param reads whether it reads what it is told
   */
  RawGossip(boolean reads) {
    this("/meshsub/1.1.0", reads);
  }

  /**
   * @param protocol what it speaks, by name
   * @param reads whether it reads what it is told
   */
  public RawGossip(String protocol, boolean reads) {
    this.protocol = protocol;
    this.reads = reads;
    host = TestPeer.host(TestPeer.hostOptions());
    host.handle(protocol, this::accept);
  }

  private StreamHandler accept(Stream stream) {
    inbound.add(stream);
    if (!reads) {
      stream.pauseReading();
    }
    return Frames.reading(
        1 << 22,
        new FrameHandler() {
          @Override
          public void frame(Stream from, ByteBuffer frame) throws WireException {
            heard.add(RpcCodec.decode(RpcLimits.DEFAULT, frame));
          }
        });
  }

  /** Who it is. */
  public PeerId id() {
    return host.peerId();
  }

  /** Opens the stream on which it speaks. */
  Voice open(TestPeer peer) {
    return open(TestPeer.addressOf(peer.host));
  }

  /** Opens the stream on which it speaks, to the peer that {@code address} names. */
  public Voice open(Multiaddr address) {
    Voice voice = new Voice();
    PeerId peer = TestPeer.get(host.connect(address)).peer();
    voice.stream = TestPeer.get(host.newStream(peer, List.of(protocol), stream -> voice));
    return voice;
  }

  /** The stream on which it speaks. */
  public static final class Voice implements StreamHandler {
    final CompletableFuture<@Nullable HostException> closed = new CompletableFuture<>();
    @Nullable Stream stream;

    Stream stream() {
      Stream opened = stream;
      if (opened == null) {
        throw new AssertionError("not open yet");
      }
      return opened;
    }

    /** Says {@code rpc}. */
    public CompletableFuture<Void> say(Rpc rpc) {
      return Frames.write(stream(), RpcCodec.encode(rpc).asReadOnlyBuffer());
    }

    /** Says that it subscribes. */
    public Voice subscribe(Topic topic) {
      say(new Rpc(List.of(new Subscription(true, topic)), List.of(), Rpc.Control.NONE));
      return this;
    }

    /** Says {@code message}, whoever wrote it. */
    public CompletableFuture<Void> say(Message message) {
      return say(Rpc.of(message));
    }

    CompletableFuture<Void> sayBytes(Bytes bytes) {
      return stream().write(Unpooled.wrappedBuffer(bytes.toByteArray()));
    }

    @Override
    public void read(Stream from, ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void closed(Stream from, @Nullable HostException cause) {
      closed.complete(cause);
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
