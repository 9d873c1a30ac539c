package io.minga.cli.bench;

import io.minga.node.Peer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The process that runs the tasks. It prints where its peer listens and the port of a bare socket
 * that gives back each byte, answers each of the words below with a line, and runs until the end of
 * standard input, which its parent's end is, too.
 */
public final class NoOpServer {
  /** Lets gated tasks go. */
  public static final String OPEN = "open";

  /** Asks for the bytes of heap that are alive. */
  public static final String LIVE_BYTES = "live-bytes";

  private NoOpServer() {}

  /** Runs until the end of standard input. */
  public static void main(String[] arguments) throws Exception {
    try (Peer peer = NoOpPeer.serve();
        ServerSocket bare = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread echo = new Thread(() -> echo(bare), "bare-echo");
      echo.setDaemon(true);
      echo.start();
      System.out.println(peer.addresses().get(0));
      System.out.println(bare.getLocalPort());
      answer();
    }
  }

  private static void echo(ServerSocket bare) {
    try (Socket socket = bare.accept()) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        out.write(next);
      }
    } catch (IOException e) {
      // Whoever measured is gone.
    }
  }

  /** Answers what is asked on standard input, until it ends. */
  public static void answer() throws IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = questions.readLine()) != null; ) {
      switch (line) {
        case OPEN -> {
          NoOp.open();
          System.out.println("open");
        }
        case LIVE_BYTES -> System.out.println(LiveHeap.bytes());
        default -> throw new IllegalArgumentException("asked for " + line);
      }
    }
  }
}
