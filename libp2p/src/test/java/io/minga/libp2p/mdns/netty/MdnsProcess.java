package io.minga.libp2p.mdns.netty;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.mdns.MdnsOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Our discovery as a process: it announces addresses that nobody listens on, and prints whom it
 * finds until its stdin ends.
 */
public final class MdnsProcess implements AutoCloseable {
  private final Process process;
  private final List<String> found = new CopyOnWriteArrayList<>();

  /**
   * Starts one.
   *
   * @param within put before the command, to run it in a namespace for instance
   */
  public MdnsProcess(
      UnaryOperator<List<String>> within, PeerId self, String networkInterface, List<String> listen)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MdnsProcess.class.getName(),
                self.toString(),
                networkInterface));
    command.addAll(listen);
    process =
        new ProcessBuilder(within.apply(command))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread reader = new Thread(this::read, "found by " + self);
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line; (line = lines.readLine()) != null; ) {
        found.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The addresses found so far, each with its peer's id at its end. */
  public List<String> found() {
    return found;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close(); // says goodbye and ends
  }

  /** Arguments: our id, the interface's name, and where we say we listen. */
  @SuppressWarnings("try")
  public static void main(String[] args) throws IOException {
    PeerId self = PeerId.parse(args[0]);
    MdnsOptions options = MdnsOptions.DEFAULT.withInterfaces(List.of(args[1]));
    List<Multiaddr> listen = Stream.of(args).skip(2).map(Multiaddr::parse).toList();
    try (Mdns mdns = Mdns.start(options, self, () -> listen, MdnsProcess::print)) {
      while (System.in.read() >= 0) {
        // until the end
      }
    }
  }

  private static void print(PeerId peer, List<Multiaddr> addresses) {
    addresses.forEach(address -> System.out.println(address.withPeerId(peer.toMultihash())));
    System.out.flush();
  }
}
