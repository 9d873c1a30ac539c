package io.minga.cli;

import io.minga.cli.config.Configuration;
import io.minga.cli.control.ControlException;
import io.minga.cli.control.ControlServer;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoveryListener;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.store.KeyFile;
import io.minga.node.handlers.runtime.CommandLine;
import io.minga.node.runtime.store.StoreOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code minga start}: runs a peer until it is told to stop. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = {
      "Runs a peer until SIGTERM or Ctrl-C, and tells which others join and leave.",
      "Commands talk to it by its data directory. Without --data that is ~/.minga, or, if another"
          + " peer has that, a new one that ends with this peer."
    },
    footer = {
      "",
      "Examples:",
      "  minga start",
      "  minga start --network lab --slots 8 --tag gpu \\",
      "    --allow-command text.count=/usr/bin/wc",
      "  minga start --listen /ip4/0.0.0.0/tcp/4001 --data /var/lib/minga --no-mdns \\",
      "    --bootstrap /dns4/peer.example.org/tcp/4001/p2p/12D3KooW...",
      "  minga start --config lab.yaml --print-config",
      "",
      "Exits with 0 after it was stopped, 1 after a failure, 2 if called wrongly."
    })
final class StartCommand implements Callable<Integer> {
  @Option(
      names = "--listen",
      arity = "1..*",
      split = ",",
      paramLabel = "ADDR",
      converter = MultiaddrConverter.class,
      description =
          "Where to listen, as multiaddrs; port 0 is any free one. Default: /ip4/0.0.0.0/tcp/0")
  private List<Multiaddr> listen = List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"));

  @Option(
      names = "--slots",
      paramLabel = "N",
      converter = SlotsConverter.class,
      description =
          "How many tasks to run at once; with 0 the peer runs none. Default: as many as cores")
  private int slots = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--tag",
      arity = "1..*",
      split = ",",
      paramLabel = "TAG",
      description = "What tasks may require of a peer, such as gpu.")
  private List<String> tags = List.of();

  @Option(
      names = "--handlers",
      paramLabel = "DIR",
      description = "Offer the functions of the jars in this directory.")
  private @Nullable Path handlers;

  @Option(
      names = "--allow-command",
      paramLabel = "NAME=PATH",
      split = "\n",
      converter = CommandConverter.class,
      description = {
        "Offer a program as a function: it reads the input and writes the result. Arguments may"
            + " follow the path; {} in one is the input. May be given again.",
        "Limits may follow the name: NAME[cpu=10s,memory=512m,processes=100,files=1g,output=64k,"
            + "errors=1m,time=30s]=PATH. Default: cpu=1h, files=1g, output=64m, errors=16m,"
            + " time=24h"
      })
  private List<CommandLine> commands = List.of();

  @Option(
      names = "--blocks",
      paramLabel = "DIR",
      description =
          "Where to keep arguments and results of more than 256 KiB while they are needed. Default:"
              + " blocks in the data directory")
  private @Nullable Path blocks;

  @Option(
      names = "--blocks-max",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "How much of them to keep at most, such as 512m. Default: 4g")
  private @Nullable Long blocksMax;

  @Option(
      names = "--print-config",
      description = "Show what each option is, and whence, and start nothing.")
  private boolean printConfig;

  @Option(names = "--while-stdin", hidden = true, description = "Stop when standard input ends.")
  private boolean whileStandardInput;

  @Mixin private NetworkOptions network = new NetworkOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Surroundings around;
  private final Supplier<Configuration> configuration;

  /** What is to be closed, the last first. */
  private final List<AutoCloseable> running = new ArrayList<>();

  private final AtomicBoolean failed = new AtomicBoolean();

  StartCommand(Surroundings around, Supplier<Configuration> configuration) {
    this.around = around;
    this.configuration = configuration;
  }

  /** Reads numbers of slots. */
  static final class SlotsConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      if (!text.matches("[0-9]{1,9}")) {
        throw new TypeConversionException(
            "'%s' is no number of slots, which is 0 or more".formatted(text));
      }
      return Integer.valueOf(text);
    }
  }

  /** Reads addresses, so that a wrong one is a wrong call. */
  static final class MultiaddrConverter implements ITypeConverter<Multiaddr> {
    @Override
    public Multiaddr convert(String text) {
      try {
        return Multiaddr.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads programs that are functions. */
  static final class CommandConverter implements ITypeConverter<CommandLine> {
    @Override
    public CommandLine convert(String text) {
      try {
        return CommandLine.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    Verbosity.set(common.isVerbose());
    if (printConfig) {
      String data = common.data(around) + ", or a new one if another peer has that";
      Map<String, String> unset =
          Map.of(
              "data",
              data,
              "network",
              network.network(),
              "blocks",
              "blocks in the data directory",
              "blocks-max",
              "4g");
      new PrintConfig(spec, configuration.get(), unset).print(around, common.isJson());
      return 0;
    }
    Report report =
        common.isJson()
            ? new JsonReport(around.out(), StartCommand::sinceStartNanos)
            : new TextReport(around.out(), around.err(), StartCommand::sinceStartNanos);
    // Whoever says stop while the peer starts waits until it is up: what is half begun can't leave.
    synchronized (running) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(report), "minga-stop"));
      try {
        start(report);
      } catch (Failure | RuntimeException e) {
        failed.set(true);
        leave();
        throw e;
      }
    }
    if (whileStandardInput) {
      awaitEnd(around.in());
    } else {
      new CountDownLatch(1).await(); // the hook ends the process
    }
    return 0;
  }

  private void start(Report report) throws Failure {
    Path named = common.named();
    DataDirectory data =
        named == null
            ? DataDirectory.openOrTemporary(common.data(around))
            : DataDirectory.open(named);
    running.add(data);
    PeerSettings settings =
        PeerSettings.of(network)
            .withListen(listen)
            .withSlots(slots, tags)
            .withKept(identity(data), data.peersFile(), data.journalFile())
            .withStore(store(data))
            .withFunctions(Optional.ofNullable(handlers), commands);
    OwnPeer peer = OwnPeer.start(settings, new Watch(report));
    running.add(peer);
    peer.failure().thenAccept(this::fail);
    try {
      running.add(ControlServer.start(DataDirectory.controlSocket(data.path()), peer));
    } catch (ControlException e) {
      throw new Failure(e);
    }
    report.started(
        new Report.Started(
            peer.id(),
            peer.addresses(),
            network.network(),
            slots,
            peer.offered(),
            data.path(),
            configuration.get().file()));
    peer.problems().forEach(report::trouble);
  }

  private StoreOptions store(DataDirectory data) {
    StoreOptions store = StoreOptions.DEFAULT.in(blocks == null ? data.blocks() : blocks);
    return blocksMax == null ? store : store.withBytesMax(blocksMax);
  }

  private static PrivateKey identity(DataDirectory kept) throws Failure {
    try {
      return new KeyFile(kept.keyFile(), CryptoProviders.best()).loadOrCreate(new SystemEntropy());
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure(e);
    }
  }

  private static void awaitEnd(InputStream in) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // That is an end, too.
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

  /** Ends the process at once: what is not on the disk can't be said to be. */
  private void fail(String why) {
    Minga.say(around.err(), why + "; the peer ends");
    around.err().flush();
    Runtime.getRuntime().halt(Minga.FAILURE);
  }

  /** Leaves in order, on the way out of the process, which then has done what it was told to. */
  private void stop(Report report) {
    synchronized (running) {
      if (failed.get()) {
        return; // the failure's exit code is the one to give
      }
      leave();
      report.stopped();
      around.out().flush();
      Runtime.getRuntime().halt(0);
    }
  }

  /** Closes the last first. */
  private void leave() {
    for (int i = running.size() - 1; i >= 0; i--) {
      try {
        running.get(i).close();
      } catch (Exception e) {
        Minga.say(around.err(), "while leaving: " + e.getMessage());
      }
    }
  }

  private static long sinceStartNanos() {
    return System.nanoTime() - Minga.STARTED_NANOS;
  }
}
