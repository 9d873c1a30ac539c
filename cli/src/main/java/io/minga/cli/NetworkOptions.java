package io.minga.cli;

import io.minga.libp2p.discovery.BootstrapAddress;
import io.minga.libp2p.pnet.PreSharedKey;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which network a peer is of, and how it finds the others. */
final class NetworkOptions {
  static final String NETWORK = "minga";

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description = "The network to be of; peers of others are ignored. Default: " + NETWORK)
  private @Nullable String network;

  @Option(
      names = "--bootstrap",
      arity = "1..*",
      split = ",",
      paramLabel = "ADDR",
      converter = BootstrapConverter.class,
      description = "Peers of the network, like /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW...")
  private List<BootstrapAddress> bootstrap = List.of();

  @Option(names = "--no-mdns", description = "Don't look for peers on the local network.")
  private boolean noMdns;

  @Option(
      names = "--mdns-interface",
      arity = "1..*",
      split = ",",
      paramLabel = "IF",
      description = "Look for peers on these network interfaces only.")
  private List<String> mdnsInterfaces = List.of();

  @Option(
      names = "--psk",
      paramLabel = "FILE",
      description = "Join the private network of this pre-shared key (swarm.key).")
  private @Nullable Path psk;

  /** Reads bootstrap addresses, so that a wrong one is a wrong call. */
  static final class BootstrapConverter implements ITypeConverter<BootstrapAddress> {
    @Override
    public BootstrapAddress convert(String text) {
      try {
        return BootstrapAddress.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** The network {@code name} on one link, with nobody but those who are there. */
  static NetworkOptions onLink(String name, String link) {
    NetworkOptions options = new NetworkOptions();
    options.network = name;
    options.mdnsInterfaces = List.of(link);
    return options;
  }

  /** The network that was named; empty if none was. */
  Optional<String> named() {
    return Optional.ofNullable(network);
  }

  String network() {
    return named().orElse(NETWORK);
  }

  List<BootstrapAddress> bootstrap() {
    return bootstrap;
  }

  boolean isMdns() {
    return !noMdns;
  }

  Optional<PreSharedKey> key() throws Failure {
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

  /** The interfaces for mDNS; none is all. */
  List<String> interfaces() throws Failure {
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
}
