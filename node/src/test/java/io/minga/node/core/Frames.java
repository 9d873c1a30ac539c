package io.minga.node.core;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;

/** Frames that a core wrote, as whoever gets them reads them; one that nobody can read fails. */
final class Frames {
  private static final TaskLimits LIMITS = TaskLimits.defaults();

  private Frames() {}

  static WorkFrame read(Effect.Send send) {
    return work(send.frame());
  }

  static MoveFrame read(Effect.SendMove send) {
    try {
      return MoveFrame.decode(LIMITS, send.frame());
    } catch (WireException wrong) {
      throw new AssertionError(wrong);
    }
  }

  static CopyFrame read(Effect.SendCopy send) {
    try {
      return CopyFrame.decode(LIMITS, send.frame());
    } catch (WireException wrong) {
      throw new AssertionError(wrong);
    }
  }

  /** One that was built by hand. */
  static WorkFrame work(Bytes frame) {
    try {
      return WorkFrame.decode(LIMITS, frame);
    } catch (WireException wrong) {
      throw new AssertionError(wrong);
    }
  }
}
