package io.minga.node.handlers.runtime;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one program's run, for its owner only: its input, output and errors, and the
 * directory that it works in. Deleted on closing with whatever is in it.
 */
final class Scratch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

  private final Path root;

  private Scratch(Path root) {
    this.root = root;
  }

  static Scratch create() throws IOException {
    Scratch scratch = new Scratch(Files.createTempDirectory("minga-command-"));
    try {
      Files.createDirectory(scratch.work());
    } catch (IOException noRoom) {
      scratch.close();
      throw noRoom;
    }
    return scratch;
  }

  Path work() {
    return root.resolve("work");
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
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
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
