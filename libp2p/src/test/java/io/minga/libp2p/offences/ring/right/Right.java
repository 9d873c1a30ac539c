package io.minga.libp2p.offences.ring.right;

import io.minga.libp2p.offences.ring.left.Left;

public interface Right {
  void meet(Left other);
}
