package io.minga.crdt.sync;

import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of entries with a digest over each range of ids: a Merkle tree over the ids' keys, 16 ways
 * a level, whose leaves hold up to {@value #LEAF_MAX} entries.
 *
 * <p>Its form depends on its content alone, not on the order of changes, so equal sets have equal
 * digests range by range. Digests are SHA-256 all the way up: an adding or xoring hash over the set
 * would be cheaper to keep, but who may put entries into two sets could choose them so that
 * different sets look equal (decision 007). They are worked out when asked for; a change only marks
 * its path.
 */
public final class DigestTree {
  /** The most entries in a leaf, unless their keys agree in all digits. */
  public static final int LEAF_MAX = 32;

  private static final int LEAF_MARK = 0;
  private static final int INNER_MARK = 1;

  /** What is in the set. Its id never changes; when its digest does, the tree is told. */
  public interface Entry {
    /** What the entry is found by. */
    Id id();

    /** A digest over the id and all that two peers should agree on. */
    Digest digest();
  }

  private static final class Node {
    private int count;
    private List<Entry> entries = new ArrayList<>(4);
    private Node @Nullable [] children;
    private @Nullable Digest digest;

    private @Nullable Node child(long key, int depth) {
      return children == null ? null : children[Prefix.digit(key, depth)];
    }
  }

  private final Node root = new Node();
  private final Sha256 sha = new Sha256();

  /** The number of entries. */
  public int size() {
    return root.count;
  }

  /** The digest over all entries; {@link Digest#NONE} if there are none. */
  public Digest digest() {
    return digest(root);
  }

  /** The id of the entry that has so many before it, in the order of keys. */
  public Id id(int before) {
    Objects.checkIndex(before, size());
    Node node = root;
    int left = before;
    while (node.children != null) {
      for (Node child : node.children) {
        int count = child == null ? 0 : child.count;
        if (left < count) {
          node = child;
          break;
        }
        left -= count;
      }
    }
    return node.entries.get(left).id();
  }

  /** Adds an entry, whose id must not be there. */
  public void add(Entry entry) {
    add(root, 0, entry);
  }

  /** Takes an entry out, which has to be there. */
  public void remove(Entry entry) {
    remove(root, 0, entry);
  }

  /** Marks an entry whose digest changed. */
  public void changed(Entry entry) {
    long key = entry.id().key();
    Node node = root;
    for (int depth = 0; node != null; depth++) {
      node.digest = null;
      node = node.child(key, depth);
    }
  }

  private static void add(Node node, int depth, Entry entry) {
    node.digest = null;
    node.count++;
    if (node.children == null && node.count > LEAF_MAX && depth < Prefix.DEPTH_MAX) {
      node.children = new Node[Prefix.FANOUT];
      for (Entry below : node.entries) {
        addBelow(node.children, depth, below);
      }
      node.entries = List.of();
    }
    if (node.children == null) {
      node.entries.add(place(node.entries, entry), entry);
    } else {
      addBelow(node.children, depth, entry);
    }
  }

  private static void addBelow(Node[] children, int depth, Entry entry) {
    int digit = Prefix.digit(entry.id().key(), depth);
    Node child = children[digit];
    if (child == null) {
      child = new Node();
      children[digit] = child;
    }
    add(child, depth + 1, entry);
  }

  private static void remove(Node node, int depth, Entry entry) {
    node.digest = null;
    node.count--;
    Node child = node.child(entry.id().key(), depth);
    if (child != null) {
      remove(child, depth + 1, entry);
      if (node.count <= LEAF_MAX) {
        List<Entry> all = new ArrayList<>(node.count);
        forEach(node, all::add);
        node.children = null;
        node.entries = all;
      }
    } else if (!node.entries.remove(entry)) {
      throw new IllegalStateException("entry " + entry.id() + " is not in the tree");
    }
  }

  /** Where {@code entry} stands among {@code entries}, by key and then id. */
  private static int place(List<Entry> entries, Entry entry) {
    int at = entries.size();
    while (at > 0 && order(entries.get(at - 1).id(), entry.id()) > 0) {
      at--;
    }
    return at;
  }

  static int order(Id one, Id other) {
    int byKey = Long.compareUnsigned(one.key(), other.key());
    return byKey != 0 ? byKey : one.compareTo(other);
  }

  private static void forEach(Node node, Consumer<Entry> action) {
    if (node.children == null) {
      node.entries.forEach(action);
      return;
    }
    for (Node child : node.children) {
      if (child != null) {
        forEach(child, action);
      }
    }
  }

  private Digest digest(@Nullable Node node) {
    if (node == null || node.count == 0) {
      return Digest.NONE;
    }
    Digest digest = node.digest;
    if (digest == null) {
      digest = node.children == null ? leafDigest(node.entries) : innerDigest(children(node));
      node.digest = digest;
    }
    return digest;
  }

  private Digest leafDigest(List<Entry> entries) {
    Digest[] below = entries.stream().map(Entry::digest).toArray(Digest[]::new);
    sha.add(LEAF_MARK);
    for (Digest each : below) {
      sha.add(each);
    }
    return sha.digest();
  }

  private Digest innerDigest(Digest[] below) {
    sha.add(INNER_MARK);
    for (Digest each : below) {
      sha.add(each);
    }
    return sha.digest();
  }

  private Digest[] children(Node node) {
    Digest[] below = new Digest[Prefix.FANOUT];
    Arrays.setAll(below, i -> node.children == null ? Digest.NONE : digest(node.children[i]));
    return below;
  }

  /** The digest over a range; null where the tree has no node of its own for it. */
  @Nullable Digest digest(Prefix range) {
    Node node = root;
    for (int depth = 0; depth < range.depth(); depth++) {
      if (node.children == null) {
        return node.count == 0 ? Digest.NONE : null;
      }
      node = node.children[Prefix.digit(range.key(), depth)];
      if (node == null) {
        return Digest.NONE;
      }
    }
    return digest(node);
  }

  /** The digests of a range's 16 parts; null if the range is small enough to be listed. */
  Digest @Nullable [] parts(Prefix range) {
    Node node = node(range);
    return node == null || node.children == null ? null : children(node);
  }

  /** The entries in a range, in the order of their keys. */
  List<Entry> entries(Prefix range) {
    List<Entry> found = new ArrayList<>();
    Node node = node(range);
    if (node != null) {
      forEach(
          node,
          entry -> {
            if (range.contains(entry.id().key())) {
              found.add(entry);
            }
          });
    }
    return found;
  }

  /** The entry with this id, or null. */
  @Nullable Entry find(Id id) {
    Node node = node(new Prefix(id.key(), Prefix.DEPTH_MAX));
    if (node != null) {
      for (Entry entry : node.entries) {
        if (entry.id().equals(id)) {
          return entry;
        }
      }
    }
    return null;
  }

  /** The node of a range, or the leaf that holds it among others; null if there is neither. */
  private @Nullable Node node(Prefix range) {
    Node node = root;
    for (int depth = 0; depth < range.depth() && node.children != null; depth++) {
      Node child = node.children[Prefix.digit(range.key(), depth)];
      if (child == null) {
        return null;
      }
      node = child;
    }
    return node;
  }
}
