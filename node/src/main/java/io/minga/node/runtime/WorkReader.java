package io.minga.node.runtime;

import io.minga.libp2p.FrameHandler;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Input;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The stream that a peer opened to us, over which we hear its frames and say nothing. They are
 * decoded here, on the connection's loop; when too many wait for the node's, reading pauses.
 */
final class WorkReader implements FrameHandler {
  private static final int PAUSE_BYTES = 4 << 20;

  private final Stream stream;
  private final TaskLimits limits;
  private final NodeLoop loop;
  private final WorkLinks links;

  /** Guarded by this, so that pausing and resuming are in the order of what they come from. */
  private int waitingBytes;

  WorkReader(Stream stream, TaskLimits limits, NodeLoop loop, WorkLinks links) {
    this.stream = stream;
    this.limits = limits;
    this.loop = loop;
    this.links = links;
  }

  Stream stream() {
    return stream;
  }

  @Override
  public void frame(Stream from, ByteBuffer frame) throws WireException {
    int length = frame.remaining();
    WorkFrame decoded = WorkFrame.decode(limits, Bytes.copyOf(frame));
    PeerId peer = from.connection().peer();
    synchronized (this) {
      waitingBytes += length;
      if (waitingBytes > PAUSE_BYTES) {
        stream.pauseReading();
      }
    }
    loop.submit(now -> taken(now, peer, decoded, length));
  }

  /** On the node's loop. */
  private void taken(long now, PeerId peer, WorkFrame frame, int length) {
    synchronized (this) {
      boolean tooMany = waitingBytes > PAUSE_BYTES;
      waitingBytes -= length;
      if (tooMany && waitingBytes <= PAUSE_BYTES) {
        stream.resumeReading();
      }
    }
    if (links.isCurrent(this)) {
      loop.handle(now, new Input.Received(peer, frame));
    }
  }

  @Override
  public void closed(Stream from, @Nullable HostException cause) {
    loop.submit(now -> links.ended(now, this));
  }
}
