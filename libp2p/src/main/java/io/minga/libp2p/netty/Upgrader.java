package io.minga.libp2p.netty;

import io.minga.libp2p.HostOptions;
import io.minga.libp2p.HostOptions.Security;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.limits.ConnectionLease;
import io.minga.libp2p.limits.HostLimits;
import io.minga.libp2p.multistream.Candidates;
import io.minga.libp2p.multistream.MultistreamOptions;
import io.minga.libp2p.multistream.Negotiation;
import io.minga.libp2p.noise.NoiseHandshake;
import io.minga.libp2p.noise.NoiseIdentity;
import io.minga.libp2p.noise.NoiseOptions;
import io.minga.libp2p.noise.NoiseTransport;
import io.minga.libp2p.pnet.PreSharedKey;
import io.minga.libp2p.pnet.PskStreams;
import io.minga.libp2p.tls.TlsIdentity;
import io.minga.libp2p.tls.netty.TlsOptions;
import io.minga.libp2p.tls.netty.TlsUpgrade;
import io.minga.libp2p.yamux.WindowBudget;
import io.minga.libp2p.yamux.YamuxSession;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns the raw channels of one host into connections: what all its upgrades share, and how one is
 * put together. Private network, then a security protocol, then a multiplexer. Safe for any thread.
 */
final class Upgrader implements AutoCloseable {
  static final String YAMUX = "/yamux/1.0.0";
  private static final List<String> MUXERS = List.of(YAMUX);

  /** Plaintext of a TLS buffer: four full records. */
  private static final int TLS_CHUNK_BYTES = 4 << 14;

  private final HostOptions options;
  private final Crypto crypto;
  private final Entropy entropy;
  private final PeerId peerId;
  private final NoiseIdentity noiseIdentity;
  private final NoiseOptions noise;
  private final MultistreamOptions securityNegotiation;
  private final MultistreamOptions streamNegotiation;
  private final List<String> securityNames;
  private final Candidates securities;
  private final Candidates muxers = Candidates.of(MUXERS);
  private final Protocols protocols;
  private final NettyConnection.Listener listener;
  private final AtomicLong connectionIds = new AtomicLong();
  private @Nullable TlsUpgrade tls;
  private boolean closed;

  Upgrader(
      HostOptions options,
      Crypto crypto,
      Entropy entropy,
      Protocols protocols,
      NettyConnection.Listener listener) {
    this.options = options;
    this.crypto = crypto;
    this.entropy = entropy;
    this.protocols = protocols;
    this.listener = listener;
    this.peerId = PeerId.of(options.identity().publicKey());
    this.noiseIdentity = NoiseIdentity.create(crypto, entropy, options.identity(), MUXERS);
    HostLimits limits = limits();
    NoiseOptions ofNoise = NoiseOptions.DEFAULT;
    this.noise =
        new NoiseOptions(limits.handshakeTimeout(), ofNoise.payloadBytesMax(), ofNoise.muxersMax());
    int proposalsMax = MultistreamOptions.DEFAULT.proposalsMax();
    this.securityNegotiation = new MultistreamOptions(limits.handshakeTimeout(), proposalsMax);
    this.streamNegotiation = new MultistreamOptions(limits.negotiationTimeout(), proposalsMax);
    this.securityNames = options.securities().stream().map(Security::protocol).toList();
    this.securities = Candidates.of(securityNames);
  }

  /** Whether all connections are of a private network. */
  boolean isPrivate() {
    return options.network().isPresent();
  }

  PeerId peerId() {
    return peerId;
  }

  HostLimits limits() {
    return options.limits();
  }

  HostOptions options() {
    return options;
  }

  List<String> securityNames() {
    return securityNames;
  }

  List<String> muxerNames() {
    return MUXERS;
  }

  /** Starts the upgrade of {@code channel}, in its event loop. */
  void begin(Channel channel, Upgrade upgrade) {
    Optional<PreSharedKey> network = options.network();
    if (network.isPresent()) {
      channel.pipeline().addLast("psk", new PskHandler(new PskStreams(network.get(), entropy)));
    }
    channel.pipeline().addLast(Upgrade.NAME, upgrade);
    upgrade.begin();
  }

  Negotiation securityNegotiation(boolean initiator) {
    if (!initiator) {
      return Negotiation.responder(securityNames::contains, securityNegotiation);
    }
    return securityNames.size() == 1
        ? Negotiation.lazyInitiator(securities, securityNegotiation)
        : Negotiation.initiator(securities, securityNegotiation);
  }

  Negotiation muxerNegotiation(boolean initiator) {
    Predicate<String> known = MUXERS::contains;
    return initiator
        ? Negotiation.lazyInitiator(muxers, securityNegotiation)
        : Negotiation.responder(known, securityNegotiation);
  }

  NoiseHandshake noiseHandshake(boolean initiator, @Nullable PeerId expected) {
    return initiator
        ? NoiseHandshake.initiator(crypto, entropy, noiseIdentity, expected, noise)
        : NoiseHandshake.responder(crypto, entropy, noiseIdentity, noise);
  }

  ChannelHandler tlsHandler(boolean initiator, @Nullable PeerId expected) {
    TlsUpgrade upgrade = tls();
    return initiator ? upgrade.newDialer(expected) : upgrade.newListener(null);
  }

  /** TLS is set up when the first connection speaks it: its certificate takes some time. */
  private synchronized TlsUpgrade tls() {
    if (closed) {
      throw new IllegalStateException("the host is closed");
    }
    TlsUpgrade made = tls;
    if (made == null) {
      PrivateKey identity = options.identity();
      TlsIdentity certificate =
          TlsIdentity.generate(crypto, entropy, identity, System.currentTimeMillis());
      made =
          new TlsUpgrade(
              certificate,
              crypto,
              System::currentTimeMillis,
              new TlsOptions(
                  TlsOptions.DEFAULT.library(),
                  MUXERS,
                  limits().handshakeTimeout(),
                  TlsOptions.DEFAULT.closeTimeout()));
      tls = made;
    }
    return made;
  }

  NettyConnection connection(Channel channel, ConnectionLease lease, NettyConnection.Facts facts) {
    boolean isNoise = facts.security().equals(NoiseHandshake.PROTOCOL);
    int chunkBytes = isNoise ? NoiseTransport.PLAINTEXT_BYTES_MAX : TLS_CHUNK_BYTES;
    YamuxSession session =
        new YamuxSession(options.yamux(), facts.initiator(), budget(lease), System.nanoTime());
    return new NettyConnection(
        facts,
        channel,
        lease,
        protocols,
        streamNegotiation,
        owner -> new MuxHandler(session, chunkBytes, owner),
        listener);
  }

  long nextConnectionId() {
    return connectionIds.incrementAndGet();
  }

  private static WindowBudget budget(ConnectionLease lease) {
    return new WindowBudget() {
      @Override
      public boolean reserve(int bytes) {
        return lease.tryReserveMemory(bytes).isEmpty();
      }

      @Override
      public void release(int bytes) {
        lease.releaseMemory(bytes);
      }
    };
  }

  @Override
  public synchronized void close() {
    closed = true;
    TlsUpgrade made = tls;
    if (made != null) {
      made.close();
    }
  }
}
