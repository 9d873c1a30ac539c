package io.minga.libp2p.store;

import io.minga.libp2p.discovery.RememberedPeer;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file of the peers to dial first after a restart. It is text: a first line with the format's
 * name and version, then one line a peer, the best first, with its id and its addresses.
 *
 * <p>A new list is written and synced beside the file and then put in its place, so that the file
 * is never half written.
 */
public final class PeersFile {
  /** The most peers in a file. */
  public static final int PEERS_MAX = 64;

  private static final int BYTES_MAX = 256 * 1024;
  private static final String FORMAT = "minga-peers ";
  private static final String FIRST_LINE = FORMAT + "1";

  private final Path path;

  /**
   * What was in the file.
   *
   * @param complaint a sentence for the user, if there was something that could not be used
   */
  public record Loaded(List<RememberedPeer> peers, Optional<String> complaint) {}

  /** The file at {@code path}, which need not exist; nothing is read or written yet. */
  public PeersFile(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  /** The peers in the file. One that can't be used is set aside, and there are none. */
  public Loaded load() {
    try {
      return new Loaded(decode(read()), Optional.empty());
    } catch (NoSuchFileException absent) {
      return new Loaded(List.of(), Optional.empty());
    } catch (WireException wrong) {
      return new Loaded(List.of(), Optional.of(setAside(wrong)));
    } catch (IOException e) {
      return new Loaded(
          List.of(),
          Optional.of(
              "the remembered peers in %s can't be read, so there are none: %s"
                  .formatted(path, OwnerFiles.reason(e))));
    }
  }

  private Bytes read() throws IOException, WireException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw new WireException("it has more than " + BYTES_MAX + " bytes");
      }
      return Bytes.copyOf(bytes);
    }
  }

  private String setAside(WireException wrong) {
    Path aside = path.resolveSibling(path.getFileName() + ".unusable");
    String what =
        "the remembered peers in %s can't be used (%s), so there are none"
            .formatted(path, wrong.getMessage());
    try {
      Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
      return what + "; the file is now " + aside;
    } catch (IOException e) {
      return what + "; the file can't be moved away: " + OwnerFiles.reason(e);
    }
  }

  /**
   * Replaces the file.
   *
   * @throws IOException if that can't be done; then the file is as it was
   * @throws IllegalArgumentException if there are more than {@link #PEERS_MAX}
   */
  public void save(List<RememberedPeer> peers) throws IOException {
    Bytes contents = encode(peers);
    Path directory = path.getParent();
    Path draft = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.deleteIfExists(draft);
      OwnerFiles.create(draft, contents);
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (directory != null) {
        OwnerFiles.sync(directory);
      }
    } catch (IOException e) {
      throw new IOException(
          "the remembered peers can't be written to %s: %s".formatted(path, OwnerFiles.reason(e)),
          e);
    }
  }

  static Bytes encode(List<RememberedPeer> peers) {
    if (peers.size() > PEERS_MAX) {
      throw new IllegalArgumentException(
          "there are " + peers.size() + " peers; a file has at most " + PEERS_MAX);
    }
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    for (RememberedPeer peer : peers) {
      text.append(peer.peer());
      peer.addresses().forEach(address -> text.append(' ').append(address));
      text.append('\n');
    }
    return Bytes.utf8(text.toString());
  }

  /** Reads the whole of a file. */
  static List<RememberedPeer> decode(Bytes contents) throws WireException {
    String text = contents.toUtf8();
    if (!text.startsWith(FIRST_LINE + "\n")) {
      throw new WireException(
          text.startsWith(FORMAT)
              ? "it is of another version than 1"
              : "it does not begin with '" + FIRST_LINE + "'");
    }
    if (!text.endsWith("\n")) {
      throw new WireException("its last line is cut short");
    }
    List<RememberedPeer> peers = new ArrayList<>();
    Set<PeerId> seen = new LinkedHashSet<>();
    int lineNumber = 1;
    int start = FIRST_LINE.length() + 1;
    for (int end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
      lineNumber++;
      try {
        if (peers.size() >= PEERS_MAX) {
          throw new WireException("there are more than " + PEERS_MAX + " peers");
        }
        RememberedPeer peer = decodeLine(text.substring(start, end));
        if (!seen.add(peer.peer())) {
          throw new WireException("its peer is on an earlier line already");
        }
        peers.add(peer);
      } catch (WireException wrong) {
        throw wrong.at("line " + lineNumber);
      }
    }
    return peers;
  }

  private static RememberedPeer decodeLine(String line) throws WireException {
    // One more than there may be, so that a line of blanks costs no list of them.
    String[] words = line.split(" ", RememberedPeer.ADDRESSES_MAX + 2);
    if (words.length < 2 || words.length > RememberedPeer.ADDRESSES_MAX + 1) {
      throw new WireException(
          "it has a peer id and 1 to %d addresses".formatted(RememberedPeer.ADDRESSES_MAX));
    }
    List<Multiaddr> addresses = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      addresses.add(Multiaddr.decodeText(words[i]));
    }
    return new RememberedPeer(PeerId.decodeText(words[0]), addresses);
  }
}
