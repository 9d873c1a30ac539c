package io.minga.node.runtime.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one store, made when its first file is, deleted when the store closes.
 *
 * <p>A lock on a file in it says that its process lives. What bears the name of such a directory
 * and isn't locked was left behind, and is deleted by whoever comes next.
 */
final class BlockDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(BlockDirectory.class);
  private static final String PREFIX = "minga-blocks-";
  private static final String LOCK = "lock";

  /** How long a directory without a lock may be one that somebody is about to lock. */
  private static final Duration NEWBORN = Duration.ofMinutes(1);

  private static final int ATTEMPTS = 8;

  /** Those of this process: a second look at a lock of its own would give that up. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path parent;
  private @Nullable Path path;
  private @Nullable FileChannel lock;
  private boolean closed;

  BlockDirectory(@Nullable Path parent) {
    this.parent =
        (parent == null ? Path.of(System.getProperty("java.io.tmpdir")) : parent).toAbsolutePath();
  }

  /** The directory, locked. */
  synchronized Path path() throws IOException {
    if (closed) {
      throw new IOException("the block store is closed");
    }
    Path known = path;
    if (known != null) {
      return known;
    }
    Files.createDirectories(parent);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Path fresh = Files.createTempDirectory(parent, PREFIX);
      OWN.add(fresh);
      FileChannel channel =
          FileChannel.open(
              fresh.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      FileLock taken = channel.tryLock();
      if (taken != null && Files.exists(fresh.resolve(LOCK))) {
        lock = channel;
        path = fresh;
        return fresh;
      }
      channel.close(); // another process took it for one that was left behind
      OWN.remove(fresh);
    }
    throw new IOException("no directory in %s can be locked".formatted(parent));
  }

  /**
   * Sees that files can be there, and makes what it is to be in.
   *
   * @throws IllegalArgumentException if they can't; the message says why
   */
  void require() {
    String why = "";
    try {
      Files.createDirectories(parent);
    } catch (FileAlreadyExistsException e) {
      why = "it is no directory";
    } catch (IOException e) {
      why = "it can't be made (%s)".formatted(e);
    }
    if (why.isEmpty() && !(Files.isWritable(parent) && Files.isExecutable(parent))) {
      why = "this user may not write to it";
    }
    if (!why.isEmpty()) {
      throw new IllegalArgumentException(
          "blocks can't be kept in %s: %s; name a directory that may be written to"
              .formatted(parent, why));
    }
  }

  @Override
  public String toString() {
    return parent.toString();
  }

  /** Deletes what dead processes left behind. */
  void sweep() {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path each : all) {
        if (!OWN.contains(each) && Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
          sweep(each);
        }
      }
    } catch (NoSuchFileException nothing) {
      return;
    } catch (IOException e) {
      LOG.debug("{} can't be looked through: {}", parent, e.toString());
    }
  }

  private static void sweep(Path left) {
    try (FileChannel channel =
        FileChannel.open(left.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      FileLock taken = channel.tryLock();
      if (taken != null) {
        delete(left);
      }
    } catch (NoSuchFileException unlocked) {
      sweepUnlocked(left);
    } catch (IOException e) {
      LOG.debug("{} is left as it is: {}", left, e.toString());
    }
  }

  private static void sweepUnlocked(Path left) {
    try {
      Instant then = Files.getLastModifiedTime(left).toInstant();
      if (Duration.between(then, Instant.now()).compareTo(NEWBORN) > 0) {
        delete(left);
      }
    } catch (IOException e) {
      LOG.debug("{} is left as it is: {}", left, e.toString());
    }
  }

  /** Deletes a directory of files, the lock last. */
  private static void delete(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (!file.endsWith(LOCK)) {
          Files.deleteIfExists(file);
        }
      }
    }
    Files.deleteIfExists(directory.resolve(LOCK));
    Files.deleteIfExists(directory);
  }

  /** Deletes it and what is in it. */
  synchronized void close() {
    closed = true;
    Path mine = path;
    FileChannel held = lock;
    path = null;
    lock = null;
    if (mine == null) {
      return;
    }
    try {
      delete(mine);
    } catch (IOException e) {
      LOG.warn("{} can't be deleted: {}", mine, e.toString());
    }
    try {
      if (held != null) {
        held.close();
      }
    } catch (IOException e) {
      LOG.warn("{} can't be unlocked: {}", mine, e.toString());
    }
    OWN.remove(mine);
  }
}
