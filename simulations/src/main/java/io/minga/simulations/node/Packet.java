package io.minga.simulations.node;

import io.minga.node.core.Input;
import java.util.ArrayList;
import java.util.List;

/** Frames of one turn from one peer to another, which leave together, as what they are there. */
final class Packet {
  private static final int PREFIX_BYTES = 2;

  final List<Input> inputs = new ArrayList<>(2);
  int bytes;

  void add(Input frame, int length) {
    inputs.add(frame);
    bytes += length + PREFIX_BYTES;
  }
}
