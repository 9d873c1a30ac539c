package io.minga.libp2p.store;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * The file that a host's identity is in: the private key's protobuf form, readable by its owner
 * alone. Where the file system has no POSIX modes, modes are neither set nor checked.
 *
 * <p>A new key is written and synced under a name of its own, and then linked to its place, which
 * fails if something is there. So a key file is never half written, and of several processes that
 * create one at a time, the first wins and the others load its key.
 */
public final class KeyFile {
  /** More than the largest private key that libp2p knows, of any type, in bytes. */
  private static final int BYTES_MAX = 16 * 1024;

  private static final String REMEDY =
      "name a file with an Ed25519 private key in libp2p's protobuf form, or move this one away to"
          + " get a new identity";

  private final Path path;
  private final Crypto crypto;

  /** The key file at {@code path}, which need not exist; nothing is read or written yet. */
  public KeyFile(Path path, Crypto crypto) {
    this.path = path.toAbsolutePath().normalize();
    this.crypto = crypto;
  }

  /**
   * The key in the file; a fresh one, written there first, if there is no such file.
   *
   * @throws IllegalArgumentException if what is there can't be used: the message says what is
   *     wrong, where, and what would be right
   * @throws IOException if a new key can't be written
   */
  public PrivateKey loadOrCreate(Entropy entropy) throws IOException {
    try {
      return read();
    } catch (NoSuchFileException absent) {
      return create(entropy);
    }
  }

  /**
   * The key in the file.
   *
   * @throws IllegalArgumentException if it can't be used or there is none: the message says what is
   *     wrong, where, and what would be right
   * @throws IOException if the file can't be read for another reason than those of its owner
   */
  public PrivateKey load() throws IOException {
    try {
      return read();
    } catch (NoSuchFileException absent) {
      throw refused("does not exist", "name the file that has the key", absent);
    }
  }

  private PrivateKey read() throws IOException {
    if (Files.isDirectory(path)) {
      throw refused("is a directory", "name a file in it");
    }
    try {
      requireOwnerOnly();
      if (!Files.isRegularFile(path)) {
        throw refused("is not a regular file", "name one that is");
      }
      return decode(readBounded());
    } catch (AccessDeniedException denied) {
      throw refused(
          "can't be read by the user " + System.getProperty("user.name"),
          "chown it to that user or run as its owner",
          denied);
    }
  }

  /** Fails with {@link NoSuchFileException} if there is no file. */
  private void requireOwnerOnly() throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> mode = view.readAttributes().permissions();
    if (!OwnerFiles.MODE_MAX.containsAll(mode)) {
      throw refused(
          "has mode " + octal(mode) + ", its secret must be its owner's alone (0600)",
          "chmod 600 " + path);
    }
  }

  private Bytes readBounded() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw refused("has more than " + BYTES_MAX + " bytes and is no private key", REMEDY);
      }
      return Bytes.copyOf(bytes);
    }
  }

  private PrivateKey decode(Bytes protobuf) {
    try {
      return PrivateKey.decode(crypto, protobuf);
    } catch (WireException e) {
      throw refused("holds no key that can be used (" + e.getMessage() + ")", REMEDY, e);
    }
  }

  private PrivateKey create(Entropy entropy) throws IOException {
    Path directory = path.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw refused("is in a directory that does not exist", "mkdir -m 700 " + directory);
    }
    PrivateKey key = PrivateKey.generate(crypto, entropy);
    Path draft =
        directory.resolve("." + path.getFileName() + "." + Bytes.copyOf(entropy.next(8)).toHex());
    try {
      OwnerFiles.create(draft, key.encode());
      Files.createLink(path, draft);
      OwnerFiles.sync(directory);
      return key;
    } catch (FileAlreadyExistsException another) {
      return readOther(another);
    } catch (UnsupportedOperationException e) {
      throw new IOException(
          "key file " + path + " can't be created: its file system has no hard links", e);
    } catch (IOException e) {
      throw new IOException("key file " + path + " can't be created: " + OwnerFiles.reason(e), e);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** The key that another process put there in the meantime. */
  private PrivateKey readOther(FileAlreadyExistsException another) throws IOException {
    try {
      return read();
    } catch (NoSuchFileException dangling) {
      throw refused("is a link to a file that does not exist", "remove the link", another);
    }
  }

  private static String octal(Set<PosixFilePermission> mode) {
    int bits = 0;
    for (PosixFilePermission permission : EnumSet.allOf(PosixFilePermission.class)) {
      bits = bits << 1 | (mode.contains(permission) ? 1 : 0);
    }
    return String.format("%04o", bits);
  }

  private IllegalArgumentException refused(String what, String remedy) {
    return new IllegalArgumentException("key file " + path + " " + what + "; " + remedy);
  }

  private IllegalArgumentException refused(String what, String remedy, Exception cause) {
    IllegalArgumentException refused = refused(what, remedy);
    refused.initCause(cause);
    return refused;
  }
}
