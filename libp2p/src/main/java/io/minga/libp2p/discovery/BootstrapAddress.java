package io.minga.libp2p.discovery;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multiformats.Protocol;
import java.util.Optional;

/**
 * Where a person says that the network is: the address of a peer, which ends in the peer's id, or
 * {@code /dnsaddr/NAME}, whose DNS records are such addresses.
 */
public record BootstrapAddress(Multiaddr address) {
  private static final String RIGHT =
      "it should be like /ip4/192.0.2.7/tcp/4001/p2p/12D3Koo… or /dnsaddr/example.org";

  /** Requires that the address names a peer, or a name that may. */
  public BootstrapAddress {
    if (address.decapsulatePeer().isEmpty()) {
      throw new IllegalArgumentException(
          "bootstrap address %s does not say where the peer is; %s".formatted(address, RIGHT));
    }
    if (Addresses.peer(address).isEmpty() && !isDnsaddr(address)) {
      throw new IllegalArgumentException(
          "bootstrap address %s does not say which peer is there; it should end in /p2p/ and the"
                  .formatted(address)
              + " peer's id");
    }
  }

  /**
   * Parses what a user typed.
   *
   * @throws IllegalArgumentException if it is wrong, with what and what would be right
   */
  public static BootstrapAddress parse(String text) {
    Multiaddr address;
    try {
      address = Multiaddr.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "bootstrap address: %s; %s".formatted(e.getMessage(), RIGHT), e);
    }
    return new BootstrapAddress(address);
  }

  /** The peer that it names; a {@code /dnsaddr} may name none. */
  public Optional<PeerId> peer() {
    return Addresses.peer(address);
  }

  private static boolean isDnsaddr(Multiaddr address) {
    return address.components().get(0).protocol() == Protocol.DNSADDR;
  }

  /** The address as text. */
  @Override
  public String toString() {
    return address.toString();
  }
}
