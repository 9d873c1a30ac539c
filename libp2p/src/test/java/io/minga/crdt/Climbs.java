package io.minga.crdt;

import io.minga.libp2p.wire.Bytes;

abstract class Climbs {
  abstract void up(Bytes bytes);
}
