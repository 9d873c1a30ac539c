package io.minga.libp2p.offences.netty;

import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

abstract class Serializes {
  abstract void externalizable(Externalizable value);

  abstract void in(ObjectInputStream in);

  abstract void out(ObjectOutputStream out);
}
