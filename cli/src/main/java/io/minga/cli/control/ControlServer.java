package io.minga.cli.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Serves a peer's control channel. Each client has its own threads and its own bounds, so what one
 * does is felt by nobody else; when there are as many as may be, one that does nothing gives way.
 */
public final class ControlServer implements AutoCloseable {
  private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

  private final Path path;
  private final ServerSocketChannel server;
  private final Daemon daemon;
  private final ControlOptions options;
  private final LongSupplier nanos;
  private final Allowance allowance;
  private final Set<ControlSession> sessions = ConcurrentHashMap.newKeySet();

  private ControlServer(
      Path path,
      ServerSocketChannel server,
      Daemon daemon,
      ControlOptions options,
      LongSupplier nanos) {
    this.path = path;
    this.server = server;
    this.daemon = daemon;
    this.options = options;
    this.nanos = nanos;
    this.allowance = new Allowance(options.requestBytes());
  }

  /**
   * Serves {@code daemon} at the socket {@code path}, in a directory that is its user's alone.
   *
   * @throws ControlException if that can't be
   */
  public static ControlServer start(Path path, Daemon daemon) throws ControlException {
    return start(path, daemon, ControlOptions.DEFAULT, System::nanoTime);
  }

  static ControlServer start(Path path, Daemon daemon, ControlOptions options, LongSupplier nanos)
      throws ControlException {
    ControlServer server =
        new ControlServer(path, ControlSocket.listen(path), daemon, options, nanos);
    Thread thread = new Thread(server::accept, "minga-control");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        if (hasRoom()) {
          ControlSession session =
              new ControlSession(channel, daemon, options, nanos, allowance, sessions::remove);
          sessions.add(session);
          session.start();
        } else {
          refuse(channel);
        }
      } catch (ClosedChannelException e) {
        return; // we closed it
      } catch (IOException | OutOfMemoryError e) {
        LockSupport.parkNanos(ACCEPT_PAUSE_NANOS); // no descriptors or memory are left, perhaps
      }
    }
  }

  private boolean hasRoom() {
    if (sessions.size() < options.clientsMax()) {
      return true;
    }
    Optional<ControlSession> idlest =
        sessions.stream()
            .filter(it -> it.idleNanos() >= options.stall().toNanos())
            .max(Comparator.comparingLong(ControlSession::idleNanos));
    idlest.ifPresent(
        it -> {
          it.close();
          sessions.remove(it);
        });
    return idlest.isPresent();
  }

  private void refuse(SocketChannel channel) throws IOException {
    try (channel) {
      channel.configureBlocking(false);
      channel.write(
          ByteBuffer.wrap(
              ControlSession.line(
                  new Answer.Refused(
                      0,
                      "%d commands are talking to this peer, which is all it allows; try again when"
                              .formatted(options.clientsMax())
                          + " one is done"))));
    }
  }

  /** How many clients there are. */
  int clients() {
    return sessions.size();
  }

  /** Ends all that clients wait for, and takes the socket away. */
  @Override
  public void close() {
    try {
      server.close();
      sessions.forEach(ControlSession::close);
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next peer of this directory replaces what is left of it.
    }
  }
}
