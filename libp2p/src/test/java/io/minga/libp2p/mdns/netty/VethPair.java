package io.minga.libp2p.mdns.netty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two network namespaces of the test's own, with a virtual cable between them: two machines, as far
 * as the programs in them can tell. Each has an IPv4 and an IPv6 address on {@link #INTERFACE}.
 */
public final class VethPair implements AutoCloseable {
  /** The name of the cable's end, in either namespace. */
  public static final String INTERFACE = "veth0";

  private static final int COMMAND_SECONDS_MAX = 20;

  private final List<String> namespaces;

  /** The cable and its ends, up and with addresses. */
  public VethPair() throws IOException, InterruptedException {
    String prefix = "minga-mdns-" + ProcessHandle.current().pid();
    namespaces = List.of(prefix + "-a", prefix + "-b");
    for (String namespace : namespaces) {
      check(List.of("ip", "netns", "add", namespace));
    }
    String one = namespaces.get(0);
    String two = namespaces.get(1);
    check(one, "link", "add", INTERFACE, "type", "veth", "peer", "name", INTERFACE, "netns", two);
    for (int i = 0; i < 2; i++) {
      String at = namespaces.get(i);
      check(at, "link", "set", "lo", "up");
      check(at, "addr", "add", ip4(i) + "/24", "dev", INTERFACE);
      check(at, "addr", "add", ip6(i) + "/64", "dev", INTERFACE, "nodad");
      check(at, "link", "set", INTERFACE, "up");
      check(at, "route", "add", "default", "dev", INTERFACE);
    }
  }

  /** Why there can't be such a pair here; empty if there can. */
  public static Optional<String> whyNot() {
    String probe = "minga-probe-" + ProcessHandle.current().pid();
    try {
      String failure = run(List.of("ip", "netns", "add", probe));
      if (failure == null) {
        run(List.of("ip", "netns", "del", probe));
        return Optional.empty();
      }
      return Optional.of("no network namespaces can be made here: " + failure.strip());
    } catch (IOException e) {
      return Optional.of("the program ip is not here: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /** The IPv4 address of end 0 or 1. */
  public String ip4(int end) {
    return "10.77.0." + (end + 1);
  }

  /** The IPv6 address of end 0 or 1. */
  public String ip6(int end) {
    return "fd77::" + (end + 1);
  }

  /** {@code command}, run at end 0 or 1. */
  public List<String> at(int end, List<String> command) {
    List<String> within = new ArrayList<>(List.of("ip", "netns", "exec", namespaces.get(end)));
    within.addAll(command);
    return within;
  }

  /** Runs {@code ip} on a namespace. */
  private static void check(String namespace, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(arguments));
    check(command);
  }

  private static void check(List<String> command) throws IOException, InterruptedException {
    String failure = run(command);
    if (failure != null) {
      throw new IOException(String.join(" ", command) + ": " + failure);
    }
  }

  /** Null if it succeeded, else what it said. */
  private static @Nullable String run(List<String> command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return "it takes too long";
    }
    return process.exitValue() == 0 ? null : said;
  }

  @Override
  public void close() throws IOException {
    try {
      for (String namespace : namespaces) {
        run(List.of("ip", "netns", "del", namespace));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
