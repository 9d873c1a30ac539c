package io.minga.libp2p.netty;

import io.minga.libp2p.Host;
import io.minga.libp2p.limits.ResourceAccounts;

/** Opens a host's books to tests. */
public final class HostBooks {
  private HostBooks() {}

  /** What {@code host} and its peers hold, and may hold. */
  public static ResourceAccounts of(Host host) {
    return ((NettyHost) host).accounts();
  }

  /** How many sockets {@code host} has, those that it listens on included. */
  public static int channels(Host host) {
    return ((NettyHost) host).channels().size();
  }
}
