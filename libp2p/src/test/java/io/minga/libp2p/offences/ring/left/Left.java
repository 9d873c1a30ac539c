package io.minga.libp2p.offences.ring.left;

import io.minga.libp2p.offences.ring.right.Right;

public interface Left {
  void meet(Right other);
}
