package io.minga.gossip.netty;

import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The stream on which we speak to a peer, who has nothing to say on it. */
final class OutboundStream implements StreamHandler {
  /** Who writes on it. */
  @FunctionalInterface
  interface Owner {
    /** On the event loop: {@code stream} is gone. */
    void closed(OutboundStream stream);
  }

  private final Stream stream;
  private final Owner owner;
  private volatile boolean ended;
  private volatile @Nullable HostException cause;

  OutboundStream(Stream stream, Owner owner) {
    this.stream = stream;
    this.owner = owner;
  }

  Stream stream() {
    return stream;
  }

  boolean isEnded() {
    return ended;
  }

  /** Why it ended, as {@link StreamHandler#closed} has it. */
  @Nullable HostException cause() {
    return cause;
  }

  @Override
  public void read(Stream from, ByteBuf bytes) {
    bytes.release();
  }

  /** The peer has nothing to say on this stream, so that is no goodbye. */
  @Override
  public void remoteClosed(Stream from) {}

  @Override
  public void closed(Stream from, @Nullable HostException cause) {
    this.cause = cause;
    ended = true;
    owner.closed(this);
  }
}
