package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.WireException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a component of a multiaddr is about, by its code and name in the multicodec table. Protocols
 * that this host doesn't speak are here so that the addresses of peers that do keep their shape.
 */
public enum Protocol {
  IP4(4, ValueFormat.IP4),
  TCP(6, ValueFormat.PORT),
  IP6(41, ValueFormat.IP6),
  IP6ZONE(42, ValueFormat.NAME),
  DNS(53, ValueFormat.NAME),
  DNS4(54, ValueFormat.NAME),
  DNS6(55, ValueFormat.NAME),
  DNSADDR(56, ValueFormat.NAME),
  UDP(273, ValueFormat.PORT),
  WEBRTC_DIRECT(280, ValueFormat.NONE),
  WEBRTC(281, ValueFormat.NONE),
  P2P_CIRCUIT(290, ValueFormat.NONE),
  /** A peer's id; {@code /ipfs} is read as the same. */
  P2P(421, ValueFormat.PEER_ID),
  HTTPS(443, ValueFormat.NONE),
  TLS(448, ValueFormat.NONE),
  SNI(449, ValueFormat.NAME),
  NOISE(454, ValueFormat.NONE),
  QUIC(460, ValueFormat.NONE),
  QUIC_V1(461, ValueFormat.NONE),
  WEBTRANSPORT(465, ValueFormat.NONE),
  CERTHASH(466, ValueFormat.CERTIFICATE_HASH),
  WS(477, ValueFormat.NONE),
  /** Means {@code /tls/ws}, and stays as it was written. */
  WSS(478, ValueFormat.NONE),
  HTTP(480, ValueFormat.NONE),
  /** An address within this process; its number is 8 bytes, as go and rust have it. */
  MEMORY(777, ValueFormat.UINT64);

  private static final List<Protocol> ALL = List.of(values());

  private final int code;
  private final String text;
  private final ValueFormat format;

  Protocol(int code, ValueFormat format) {
    this.code = code;
    this.text = name().toLowerCase(Locale.ROOT).replace('_', '-');
    this.format = format;
  }

  /** The code on the wire. */
  public int code() {
    return code;
  }

  /** Whether components of this protocol carry a value. */
  public boolean hasValue() {
    return format != ValueFormat.NONE;
  }

  ValueFormat format() {
    return format;
  }

  /** The protocol with this code. */
  static Protocol ofCode(long code) throws WireException {
    for (Protocol protocol : ALL) {
      if (protocol.code == code) {
        return protocol;
      }
    }
    throw new WireException("protocol code " + code + " is not known here");
  }

  /** The protocol with this name. */
  static Protocol ofName(String name) throws WireException {
    if (name.equals("ipfs")) {
      return P2P;
    }
    for (Protocol protocol : ALL) {
      if (protocol.text.equals(name)) {
        return protocol;
      }
    }
    String known = ALL.stream().map(Protocol::toString).collect(Collectors.joining(", "));
    throw new WireException(
        "protocol " + Quoted.of(name) + " is not known here; what is known: " + known);
  }

  /** The name in text addresses: {@code ip4}, {@code quic-v1}. */
  @Override
  public String toString() {
    return text;
  }
}
