package io.minga.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where a peer keeps what outlives it; one process's alone while that runs. */
final class DataDirectory implements AutoCloseable {
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx------");

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /** Makes the directory if there is none, and takes it. */
  static DataDirectory open(Path path) throws Failure {
    try {
      create(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw new Failure(
            "another peer uses the data directory %s; stop it, or name another with --data"
                .formatted(path));
      }
      return new DataDirectory(path, channel);
    } catch (FileAlreadyExistsException e) {
      throw new Failure("%s is no directory; name another with --data".formatted(path));
    } catch (IOException e) {
      throw new Failure(
          "the data directory %s can't be used (%s); name one that you may write to with --data"
              .formatted(path, e));
    }
  }

  private static void create(Path path) throws IOException, Failure {
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
  }

  /** The private key of the peer. */
  Path keyFile() {
    return path.resolve("key");
  }

  /** The peers to dial first. */
  Path peersFile() {
    return path.resolve("peers");
  }

  @Override
  public void close() throws Failure {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new Failure(e);
    }
  }
}
