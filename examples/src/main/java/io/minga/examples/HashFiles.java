package io.minga.examples;

import io.minga.node.LocalNetwork;
import io.minga.node.Peer;
import io.minga.node.RemoteFunction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prints the SHA-256 of each file under a directory, as sha256sum does. An argument may have 64
 * KiB, so a file of up to 60 KiB goes to a peer as it is; of a larger one goes its path, which is
 * good where peers share a disk.
 */
public final class HashFiles {
  private static final int CONTENT_BYTES_MAX = 60 * 1024;

  private HashFiles() {}

  /** The argument: a file, or if it is too large for that where it is. */
  record Source(String path, byte @Nullable [] content) {
    static Source of(Path file) {
      try {
        boolean fits = Files.size(file) <= CONTENT_BYTES_MAX;
        return new Source(file.toString(), fits ? Files.readAllBytes(file) : null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What a peer does for one task. */
  static String sha256(Source source) throws IOException, GeneralSecurityException {
    byte[] known = source.content();
    byte[] content = known != null ? known : Files.readAllBytes(Path.of(source.path()));
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args.length == 0 ? "." : args[0]).toAbsolutePath();
    try (LocalNetwork network = LocalNetwork.start(4);
        Stream<Path> walk = Files.walk(root)) {
      for (Peer peer : network.peers()) {
        peer.register("sha256", Source.class, String.class, HashFiles::sha256);
      }
      RemoteFunction<Source, String> sha256 =
          network.peer(0).function("sha256", Source.class, String.class);
      List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
      Iterable<Source> sources =
          files.stream().map(Source::of)::iterator; // read as peers take them
      Iterator<Path> names = files.iterator();
      sha256.map(sources).results().forEach(hash -> System.out.println(hash + "  " + names.next()));
    }
  }
}
