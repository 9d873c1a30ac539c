package io.minga.node.task;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.WorkFrame.Carried;
import io.minga.node.task.WorkFrame.Carry;
import io.minga.node.task.WorkFrame.Way;
import org.jspecify.annotations.Nullable;

/** The protobuf forms of {@link Carry}, {@link Carried} and {@link Way}: a peer, and what of it. */
final class WayCodec {
  private static final int PEER = 1;
  private static final int FRAME = 2;
  private static final int STATE = 3;
  private static final Way.State[] STATES = Way.State.values();

  private WayCodec() {}

  static void write(FrameWriter out, PeerId peer, Bytes frame) {
    out.bytes(PEER, peer.multihash());
    out.bytes(FRAME, frame);
  }

  static void write(FrameWriter out, Way way) {
    out.bytes(PEER, way.to().multihash());
    out.number(STATE, Fields.wireNumber(way.state()));
  }

  static Carry readCarry(ProtobufReader in, TaskLimits limits) throws WireException {
    Read read = read(in, limits);
    return new Carry(read.requirePeer("Carry"), read.requireFrame("Carry"));
  }

  static Carried readCarried(ProtobufReader in, TaskLimits limits) throws WireException {
    Read read = read(in, limits);
    return new Carried(read.requirePeer("Carried"), read.requireFrame("Carried"));
  }

  static Way readWay(ProtobufReader in, TaskLimits limits) throws WireException {
    Read read = read(in, limits);
    return new Way(read.requirePeer("Way"), read.state);
  }

  private record Read(@Nullable PeerId peer, @Nullable Bytes frame, Way.State state) {
    PeerId requirePeer(String message) throws WireException {
      if (peer == null) {
        throw new WireException(message + ": field 1, a peer, is missing");
      }
      return peer;
    }

    Bytes requireFrame(String message) throws WireException {
      if (frame == null || frame.isEmpty()) {
        throw new WireException(message + ": field 2, a frame, is missing");
      }
      return frame;
    }
  }

  private static Read read(ProtobufReader in, TaskLimits limits) throws WireException {
    PeerId peer = null;
    Bytes frame = null;
    Way.State state = Way.State.CLOSED;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, STATE);
      switch (in.field()) {
        case PEER -> peer = Fields.peerId(in);
        case FRAME -> frame = in.bytes(limits.workFrameBytesMax());
        case STATE -> {
          int number = in.enumeration();
          state = number < STATES.length ? STATES[number] : Way.State.CLOSED;
        }
        default -> {}
      }
    }
    return new Read(peer, frame, state);
  }
}
