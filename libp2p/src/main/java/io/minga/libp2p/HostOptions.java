package io.minga.libp2p;

import io.minga.libp2p.connections.ConnectionLimits;
import io.minga.libp2p.connections.DialOptions;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.gate.ConnectionGater;
import io.minga.libp2p.identify.IdentifyLimits;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.limits.HostLimits;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.noise.NoiseHandshake;
import io.minga.libp2p.peers.PeerStoreLimits;
import io.minga.libp2p.ping.PingOptions;
import io.minga.libp2p.pnet.PreSharedKey;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.runtime.SystemResources;
import io.minga.libp2p.tls.netty.TlsUpgrade;
import io.minga.libp2p.yamux.YamuxOptions;
import java.util.List;
import java.util.Optional;

/**
 * How a host behaves. Begin with {@link #defaults} and change what should differ.
 *
 * @param identity the key that the host is known by
 * @param listen where to listen: {@code /ip4/…/tcp/…}, {@code /ip6/…/tcp/…} or {@code /memory/…};
 *     port 0 is any free one
 * @param securities what secures connections, the preferred one first
 * @param network the key of the private network that the host belongs to, if it does
 * @param agent what the host calls itself in identify, at most 256 bytes
 * @param limits what the host, and each peer, may hold
 * @param connections how many connections are kept
 * @param dials how peers are dialled
 * @param gater who may connect
 */
public record HostOptions(
    PrivateKey identity,
    List<Multiaddr> listen,
    List<Security> securities,
    Optional<PreSharedKey> network,
    String agent,
    HostLimits limits,
    ConnectionLimits connections,
    DialOptions dials,
    PeerStoreLimits peers,
    IdentifyLimits identify,
    PingOptions ping,
    YamuxOptions yamux,
    ConnectionGater gater) {
  /** A protocol that encrypts a connection and proves who is at its ends. */
  public enum Security {
    /** Noise XX, the quicker handshake. */
    NOISE(NoiseHandshake.PROTOCOL),
    /** TLS 1.3, the higher throughput. */
    TLS(TlsUpgrade.PROTOCOL);

    private final String protocol;

    Security(String protocol) {
      this.protocol = protocol;
    }

    /** Its name on the wire. */
    public String protocol() {
      return protocol;
    }
  }

  /** Requires at least one security protocol, each of them once. */
  public HostOptions {
    listen = List.copyOf(listen);
    securities = List.copyOf(securities);
    if (securities.isEmpty() || securities.stream().distinct().count() != securities.size()) {
      throw new IllegalArgumentException(
          "a host needs one or more different security protocols, not " + securities);
    }
  }

  /**
   * A host with a fresh key that listens on no address, prefers Noise, and has the limits that suit
   * this machine.
   */
  public static HostOptions defaults() {
    HostLimits limits =
        HostLimits.DEFAULT.scaledTo(
            SystemResources.memoryBytes(), SystemResources.fileDescriptorsMax());
    return new HostOptions(
        PrivateKey.generate(CryptoProviders.best(), new SystemEntropy()),
        List.of(),
        List.of(Security.NOISE, Security.TLS),
        Optional.empty(),
        "minga/0.1.0",
        limits,
        ConnectionLimits.below(limits.system().connections()),
        DialOptions.DEFAULT,
        PeerStoreLimits.DEFAULT,
        IdentifyLimits.DEFAULT,
        PingOptions.DEFAULT,
        YamuxOptions.DEFAULT,
        ConnectionGater.ALLOW_ALL);
  }

  /** These options, known by {@code identity}. */
  public HostOptions withIdentity(PrivateKey identity) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, listening on these addresses. */
  public HostOptions withListen(List<Multiaddr> listen) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, with these security protocols, the preferred one first. */
  public HostOptions withSecurities(List<Security> securities) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, in the private network of this key, or in none. */
  public HostOptions withNetwork(Optional<PreSharedKey> network) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, calling itself {@code agent}. */
  public HostOptions withAgent(String agent) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, within these limits. */
  public HostOptions withLimits(HostLimits limits) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, keeping so many connections. */
  public HostOptions withConnections(ConnectionLimits connections) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, dialling like this. */
  public HostOptions withDials(DialOptions dials) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, remembering so many peers. */
  public HostOptions withPeers(PeerStoreLimits peers) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, taking so much from identify. */
  public HostOptions withIdentify(IdentifyLimits identify) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, pinging like this. */
  public HostOptions withPing(PingOptions ping) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, multiplexing like this. */
  public HostOptions withYamux(YamuxOptions yamux) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }

  /** These options, with this gater. */
  public HostOptions withGater(ConnectionGater gater) {
    return new HostOptions(
        identity,
        listen,
        securities,
        network,
        agent,
        limits,
        connections,
        dials,
        peers,
        identify,
        ping,
        yamux,
        gater);
  }
}
