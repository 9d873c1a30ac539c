package io.minga.benchmarks.host;

import java.io.OutputStream;

/**
 * The server process of a Java contender, which is its argument. It prints its address and runs
 * until the end of stdin.
 */
final class Server {
  private Server() {}

  /** Runs until the end of stdin. */
  public static void main(String[] arguments) throws Exception {
    Contender contender = Contender.valueOf(arguments[0]);
    if (contender == Contender.RAW) {
      try (RawServer server = new RawServer()) {
        serve(server.address());
      }
    } else {
      try (MingaServer server = new MingaServer(contender)) {
        serve(server.address());
      }
    }
  }

  private static void serve(String address) throws Exception {
    System.out.println(address);
    System.in.transferTo(OutputStream.nullOutputStream());
  }
}
