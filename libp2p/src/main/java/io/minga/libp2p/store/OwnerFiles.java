package io.minga.libp2p.store;

import io.minga.libp2p.wire.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes files that are their owner's alone and last through a power cut. */
final class OwnerFiles {
  /** Reading and writing, for the owner: 0600. */
  static final Set<PosixFilePermission> MODE_MAX = PosixFilePermissions.fromString("rw-------");

  private OwnerFiles() {}

  /** Writes {@code contents} to {@code path}, where nothing may be, and syncs them. */
  static void create(Path path, Bytes contents) throws IOException {
    boolean modes =
        Files.getFileAttributeView(path.getParent(), PosixFileAttributeView.class) != null;
    FileAttribute<?>[] attributes =
        modes
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(MODE_MAX)}
            : new FileAttribute<?>[0];
    try (FileChannel out =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      ByteBuffer bytes = contents.asReadOnlyBuffer();
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  /** Makes the new names in {@code directory} last. */
  static void sync(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    } catch (AccessDeniedException e) {
      // Windows opens no directories, and needs no such sync.
    }
  }

  /** Why {@code e} happened, as a clause. */
  static String reason(IOException e) {
    return e instanceof AccessDeniedException
        ? "the user " + System.getProperty("user.name") + " may not write there"
        : String.valueOf(e.getMessage());
  }
}
