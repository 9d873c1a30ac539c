package io.minga.libp2p;

/** What answers the streams that peers open for one protocol. */
@FunctionalInterface
public interface ProtocolHandler {
  /**
   * Called on the connection's event loop once both sides agreed on the protocol of {@code stream},
   * before any of its data.
   *
   * @return who gets the stream's events from now on
   */
  StreamHandler open(Stream stream);
}
