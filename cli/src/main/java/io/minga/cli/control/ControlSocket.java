package io.minga.cli.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The Unix domain socket of a data directory. Whoever may open the directory may use it. */
final class ControlSocket {
  /** How long a path Linux allows, its end not counted; other systems allow a few bytes less. */
  static final int PATH_BYTES_MAX = 107;

  private static final int WAITING_CONNECTIONS_MAX = 128;

  private ControlSocket() {}

  /** Listens there. A socket that a dead process left is replaced, a live one's is not. */
  static ServerSocketChannel listen(Path path) throws ControlException {
    try {
      Optional<SocketChannel> other = connect(path);
      if (other.isPresent()) {
        other.get().close();
        throw new ControlException(
            "another peer answers at %s; stop it, or name another directory with --data"
                .formatted(path));
      }
      Files.deleteIfExists(path);
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        server.bind(UnixDomainSocketAddress.of(path), WAITING_CONNECTIONS_MAX);
        restrict(path);
        return server;
      } catch (IOException | RuntimeException e) {
        server.close();
        throw e;
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw trouble(path, e);
    }
  }

  private static void restrict(Path path) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString("rw-------"));
    }
  }

  /** A connection to whoever listens there; empty if nobody does. */
  static Optional<SocketChannel> connect(Path path) throws ControlException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      requireShort(path);
      return Optional.empty();
    }
    try {
      return Optional.of(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    } catch (ConnectException e) {
      return Optional.empty(); // left by a process that is dead
    } catch (IOException | UnsupportedOperationException e) {
      throw trouble(path, e);
    }
  }

  private static void requireShort(Path path) throws ControlException {
    int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > PATH_BYTES_MAX) {
      throw new ControlException(
          "the path of the control socket, %s, has %d bytes, and the system allows %d; name a"
                  .formatted(path, bytes, PATH_BYTES_MAX)
              + " directory with a shorter path with --data");
    }
  }

  private static ControlException trouble(Path path, Exception e) {
    return new ControlException(
        "the control socket %s can't be used (%s); name another directory with --data"
            .formatted(path, e.getMessage()),
        e);
  }
}
