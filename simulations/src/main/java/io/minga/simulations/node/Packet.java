package io.minga.simulations.node;

import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;

/** Frames of one turn from one peer to another, which leave together. */
final class Packet {
  private static final int PREFIX_BYTES = 2;

  final List<WorkFrame> frames = new ArrayList<>(2);
  int bytes;

  void add(WorkFrame frame, int length) {
    frames.add(frame);
    bytes += length + PREFIX_BYTES;
  }
}
