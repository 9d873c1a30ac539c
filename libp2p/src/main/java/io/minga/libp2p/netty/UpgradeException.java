package io.minga.libp2p.netty;

import io.minga.libp2p.HostException;

/** Carries the reason for which a connection's upgrade ended through its pipeline. */
final class UpgradeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final HostException reason;

  UpgradeException(HostException reason) {
    super(reason.getMessage(), reason, false, false);
    this.reason = reason;
  }

  HostException reason() {
    return reason;
  }
}
