package io.minga.cli;

import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.discovery.BootstrapAddress;
import io.minga.libp2p.discovery.DiscoveryOptions;
import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.mdns.MdnsOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoveryListener;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.libp2p.netty.NettyDiscovery;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.pnet.PreSharedKey;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.store.KeyFile;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code minga start}: runs a peer until it is told to stop. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = "Runs a peer until SIGTERM or Ctrl-C, and tells which others join and leave.",
    footer = {
      "",
      "Examples:",
      "  minga start",
      "  minga start --listen /ip4/0.0.0.0/tcp/4001 --data /var/lib/minga --no-mdns \\",
      "    --bootstrap /dns4/peer.example.org/tcp/4001/p2p/12D3KooW...",
      "",
      "Exits with 0 after it was stopped, 1 after a failure, 2 if called wrongly."
    })
final class StartCommand implements Callable<Integer> {
  @Option(
      names = "--listen",
      arity = "1..*",
      paramLabel = "ADDR",
      converter = MultiaddrConverter.class,
      description =
          "Where to listen, as multiaddrs; port 0 is any free one. Default: /ip4/0.0.0.0/tcp/0")
  private List<Multiaddr> listen = List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"));

  @Option(
      names = "--bootstrap",
      arity = "1..*",
      paramLabel = "ADDR",
      converter = BootstrapConverter.class,
      description = "Peers of the network, like /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW...")
  private List<BootstrapAddress> bootstrap = List.of();

  @Option(names = "--no-mdns", description = "Don't look for peers on the local network.")
  private boolean noMdns;

  @Option(
      names = "--mdns-interface",
      arity = "1..*",
      paramLabel = "IF",
      description = "Look for peers on these network interfaces only.")
  private List<String> mdnsInterfaces = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Keep the peer's key, and peers to dial first, in this directory. Without it, every start"
              + " is a new peer.")
  private @Nullable Path data;

  @Option(
      names = "--psk",
      paramLabel = "FILE",
      description = "Join the private network of this pre-shared key (swarm.key).")
  private @Nullable Path psk;

  @Option(names = "--json", description = "Print JSON, an object a line.")
  private boolean json;

  @Option(names = "--verbose", description = "Log what goes on to standard error.")
  private boolean verbose;

  /** Reads addresses, so that a wrong one is a wrong call. */
  static final class MultiaddrConverter implements ITypeConverter<Multiaddr> {
    @Override
    public Multiaddr convert(String text) {
      return converted(text, Multiaddr::parse);
    }
  }

  /** Reads bootstrap addresses. */
  static final class BootstrapConverter implements ITypeConverter<BootstrapAddress> {
    @Override
    public BootstrapAddress convert(String text) {
      return converted(text, BootstrapAddress::parse);
    }
  }

  private static <T> T converted(String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  @Override
  public Integer call() throws Exception {
    Verbosity.set(verbose);
    Report report =
        json
            ? new JsonReport(System.out, StartCommand::sinceStartNanos)
            : new TextReport(System.out, System.err, StartCommand::sinceStartNanos);
    List<AutoCloseable> running = new ArrayList<>();
    AtomicBoolean failed = new AtomicBoolean();
    // Whoever says stop while the peer starts waits until it is up: what is half begun can't leave.
    synchronized (running) {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stop(report, running, failed), "minga-stop"));
      try {
        start(report, running);
      } catch (HostException | IllegalArgumentException e) {
        failed.set(true);
        leave(running);
        throw new Failure(e);
      } catch (Failure | RuntimeException e) {
        failed.set(true);
        leave(running);
        throw e;
      }
    }
    new CountDownLatch(1).await(); // the hook ends the process
    return 0;
  }

  private void start(Report report, List<AutoCloseable> running) throws Failure, HostException {
    HostOptions options = HostOptions.defaults().withListen(listen).withNetwork(network());
    DiscoverySettings settings =
        DiscoverySettings.defaults()
            .withBootstrap(bootstrap)
            .withLimits(DiscoveryOptions.within(options.connections()));
    if (!noMdns) {
      settings = settings.withMdns(MdnsOptions.DEFAULT.withInterfaces(interfaces()));
    }
    Path directory = data;
    if (directory != null) {
      DataDirectory kept = DataDirectory.open(directory);
      running.add(kept);
      options = options.withIdentity(identity(kept));
      settings = settings.withRemembered(kept.peersFile());
    }
    Host host = NettyHost.start(options);
    running.add(host);
    report.started(
        host.peerId(),
        host.listenAddresses().stream()
            .map(address -> address.withPeerId(host.peerId().toMultihash()))
            .toList());
    running.add(NettyDiscovery.start(host, settings, new Watch(report)));
  }

  private static PrivateKey identity(DataDirectory kept) throws Failure {
    try {
      return new KeyFile(kept.keyFile(), CryptoProviders.best()).loadOrCreate(new SystemEntropy());
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure(e);
    }
  }

  private Optional<PreSharedKey> network() throws Failure {
    Path file = psk;
    if (file == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(PreSharedKey.parse(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      throw new Failure("there is no pre-shared key file %s; name one with --psk".formatted(file));
    } catch (IOException e) {
      throw new Failure("the pre-shared key file %s can't be read: %s".formatted(file, e));
    } catch (IllegalArgumentException e) {
      throw new Failure("the pre-shared key file %s: %s".formatted(file, e.getMessage()));
    }
  }

  private List<String> interfaces() throws Failure {
    try {
      for (String name : mdnsInterfaces) {
        if (NetworkInterface.getByName(name) == null) {
          throw new Failure(
              "this machine has no network interface %s; it has %s"
                  .formatted(
                      name,
                      String.join(
                          ", ",
                          NetworkInterface.networkInterfaces()
                              .map(NetworkInterface::getName)
                              .sorted()
                              .toList())));
        }
      }
      return mdnsInterfaces;
    } catch (SocketException e) {
      throw new Failure(e);
    }
  }

  /** Passes on what discovery tells. */
  private record Watch(Report report) implements DiscoveryListener {
    @Override
    public void joined(PeerId peer, Source source, Multiaddr remoteAddress) {
      report.joined(peer, source, remoteAddress);
    }

    @Override
    public void left(PeerId peer) {
      report.left(peer);
    }

    @Override
    public void trouble(String sentence) {
      report.trouble(sentence);
    }
  }

  /** Leaves in order, on the way out of the process, which then has done what it was told to. */
  private static void stop(Report report, List<AutoCloseable> running, AtomicBoolean failed) {
    synchronized (running) {
      if (failed.get()) {
        return; // the failure's exit code is the one to give
      }
      leave(running);
      report.stopped();
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }
  }

  /** Closes the last first. */
  private static void leave(List<AutoCloseable> running) {
    for (int i = running.size() - 1; i >= 0; i--) {
      try {
        running.get(i).close();
      } catch (Exception e) {
        System.err.println("minga: while leaving: " + e.getMessage());
      }
    }
  }

  private static long sinceStartNanos() {
    return System.nanoTime() - Minga.STARTED_NANOS;
  }
}
