package io.minga.node.handlers.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one program's run, for its owner only: its input, output and errors, and the
 * directory that it works in. Deleted on closing with whatever is in it; or made ready for another
 * run after it, which costs less, for to delete a directory takes milliseconds on some disks.
 */
final class Scratch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path root;
  private int runs;

  private Scratch(Path root) {
    this.root = root;
  }

  static Scratch create() throws IOException {
    Scratch scratch = new Scratch(Files.createTempDirectory("minga-command-"));
    try {
      scratch.makeWork();
    } catch (IOException noRoom) {
      scratch.close();
      throw noRoom;
    }
    return scratch;
  }

  /**
   * Makes it as new: nothing of the last run is left, and the working directory has another name.
   */
  void renew() throws IOException {
    Files.deleteIfExists(input());
    Files.deleteIfExists(output());
    Files.deleteIfExists(error());
    Path used = work();
    runs++;
    if (isAsNew(used)) {
      Files.move(used, work(), StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.walkFileTree(used, new Deleting());
      makeWork();
    }
  }

  private static boolean isAsNew(Path directory) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory() || !attributes.permissions().equals(OWNER_ONLY)) {
      return false;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    }
  }

  private void makeWork() throws IOException {
    Files.createDirectory(work(), PosixFilePermissions.asFileAttribute(OWNER_ONLY));
  }

  Path root() {
    return root;
  }

  /** Where the program works. */
  Path work() {
    return root.resolve("work" + runs);
  }

  /** What its launcher complains of. */
  Path trouble() {
    return root.resolve("trouble");
  }

  Path input() {
    return root.resolve("input");
  }

  Path output() {
    return root.resolve("output");
  }

  Path error() {
    return root.resolve("error");
  }

  @Override
  public void close() {
    try {
      Files.walkFileTree(root, new Deleting());
    } catch (IOException left) {
      LOG.warn("a command's directory could not be deleted whole: {}", left.toString());
    }
  }

  /** Deletes all that it comes to, links themselves and not what they name. */
  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      if (!Files.isWritable(directory) || !Files.isExecutable(directory)) {
        Files.setPosixFilePermissions(directory, OWNER_ONLY);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE; // a descendant may still be at work; what is left is told
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException thrown)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
