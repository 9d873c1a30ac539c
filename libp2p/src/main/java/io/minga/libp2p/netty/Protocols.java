package io.minga.libp2p.netty;

import io.minga.libp2p.ProtocolHandler;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** The protocols that a host answers, by name. Safe for any thread. */
final class Protocols {
  private final ConcurrentSkipListMap<String, ProtocolHandler> handlers =
      new ConcurrentSkipListMap<>();

  /** Sets who answers {@code protocol}, and says whether nobody did before. */
  boolean put(String protocol, ProtocolHandler handler) {
    return handlers.put(protocol, handler) == null;
  }

  boolean remove(String protocol) {
    return handlers.remove(protocol) != null;
  }

  boolean contains(String protocol) {
    return handlers.containsKey(protocol);
  }

  /** The names, in alphabetical order. */
  List<String> names() {
    return List.copyOf(handlers.keySet());
  }

  /** Finds who answers an inbound stream whose protocol was agreed a moment ago. */
  StreamHandler open(Stream stream) {
    ProtocolHandler handler = handlers.get(stream.protocol());
    if (handler == null) {
      throw new IllegalStateException("nobody answers " + stream.protocol() + " any more");
    }
    return handler.open(stream);
  }
}
