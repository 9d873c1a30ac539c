package io.minga.simulations.rig.runtime;

import java.io.Serial;

/** The rig can't go on; the message says why. It says nothing about the peers. */
public final class RigException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  RigException(String message) {
    super(message);
  }
}
