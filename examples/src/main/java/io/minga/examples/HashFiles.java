package io.minga.examples;

import io.minga.node.LocalNetwork;
import io.minga.node.Peer;
import io.minga.node.RemoteFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Prints the SHA-256 of each file under a directory, as sha256sum does. An argument may have 64
 * KiB, so a file of up to 60 KiB goes to a peer as it is; of a larger one goes its path, which is
 * good where peers share a disk.
 */
public final class HashFiles {
  private static final int CONTENT_BYTES_MAX = 60 * 1024;

  private HashFiles() {}

  /** What a peer does for a small file. */
  static String ofContent(byte[] content) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  /** What it does for a large one. */
  static String ofPath(String path) throws IOException, GeneralSecurityException {
    return ofContent(Files.readAllBytes(Path.of(path)));
  }

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args.length == 0 ? "." : args[0]).toAbsolutePath();
    try (LocalNetwork network = LocalNetwork.start(4);
        Stream<Path> walk = Files.walk(root)) {
      for (Peer peer : network.peers()) {
        peer.register("sha256.content", byte[].class, String.class, HashFiles::ofContent);
        peer.register("sha256.path", String.class, String.class, HashFiles::ofPath);
      }
      RemoteFunction<byte[], String> ofContent =
          network.peer(0).function("sha256.content", byte[].class, String.class);
      RemoteFunction<String, String> ofPath =
          network.peer(0).function("sha256.path", String.class, String.class);

      List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
      Map<Path, CompletableFuture<String>> hashes = new LinkedHashMap<>();
      for (Path file : files) {
        boolean small = Files.size(file) <= CONTENT_BYTES_MAX;
        hashes.put(
            file, small ? ofContent.call(Files.readAllBytes(file)) : ofPath.call(file.toString()));
      }
      hashes.forEach((file, hash) -> System.out.println(hash.join() + "  " + file));
    }
  }
}
