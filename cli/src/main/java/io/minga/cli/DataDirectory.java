package io.minga.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a peer keeps what outlives it; one process's alone while that runs. */
final class DataDirectory implements AutoCloseable {
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx------");

  private final Path path;
  private final FileChannel lockFile;
  private final boolean isTemporary;

  private DataDirectory(Path path, FileChannel lockFile, boolean isTemporary) {
    this.path = path;
    this.lockFile = lockFile;
    this.isTemporary = isTemporary;
  }

  /** Makes the directory if there is none, and takes it. */
  static DataDirectory open(Path path) throws Failure {
    return take(path, false)
        .orElseThrow(
            () ->
                new Failure(
                    "another peer uses the data directory %s; stop it, or name another with --data"
                        .formatted(path)));
  }

  /**
   * Makes the directory if there is none, and takes it; if another peer has it, takes a new one
   * that ends with this peer.
   */
  static DataDirectory openOrTemporary(Path path) throws Failure {
    Optional<DataDirectory> taken = take(path, false);
    return taken.isPresent() ? taken.get() : temporary();
  }

  private static DataDirectory temporary() throws Failure {
    try {
      return take(Files.createTempDirectory("minga-"), true).orElseThrow();
    } catch (IOException e) {
      throw new Failure(
          "a data directory for this peer can't be made (%s); name one with --data".formatted(e));
    }
  }

  /** The directory, if no other process has it. */
  private static Optional<DataDirectory> take(Path path, boolean isTemporary) throws Failure {
    make(path);
    @Nullable FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(new DataDirectory(path, channel, isTemporary));
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // this process has it
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  /** Makes the directory if there is none, and sees that it is its user's alone. */
  static void make(Path path) throws Failure {
    try {
      boolean isNew = !Files.exists(path);
      Files.createDirectories(path);
      PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
      if (view == null) {
        return;
      }
      if (isNew) {
        view.setPermissions(MODE);
      } else if (!MODE.containsAll(view.readAttributes().permissions())) {
        throw new Failure(
            "others may look into the data directory %s, where a secret key is; chmod 700 %s"
                .formatted(path, path));
      }
    } catch (FileAlreadyExistsException e) {
      throw new Failure("%s is no directory; name another with --data".formatted(path));
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  private static Failure unusable(Path path, IOException e) {
    return new Failure(
        "the data directory %s can't be used (%s); name one that you may write to with --data"
            .formatted(path, e));
  }

  Path path() {
    return path;
  }

  /** The private key of the peer. */
  Path keyFile() {
    return keyFile(path);
  }

  static Path keyFile(Path path) {
    return path.resolve("key");
  }

  /** The peers to dial first. */
  Path peersFile() {
    return path.resolve("peers");
  }

  /** Where large arguments and results are while they are needed. */
  Path blocks() {
    return path.resolve("blocks");
  }

  /** Where the durable jobs of the peer are; there can be none if the directory ends with it. */
  Optional<Path> journalFile() {
    return isTemporary ? Optional.empty() : Optional.of(journalFile(path));
  }

  static Path journalFile(Path path) {
    return path.resolve("journal.db");
  }

  /** Where commands talk to the peer of a directory. */
  static Path controlSocket(Path path) {
    return path.resolve("control.sock").toAbsolutePath();
  }

  @Override
  public void close() throws Failure {
    try {
      if (isTemporary) {
        delete(path);
      }
      lockFile.close();
    } catch (IOException | UncheckedIOException e) {
      throw new Failure(e);
    }
  }

  /** Deletes a directory and what is in it. */
  static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(directory)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }
}
