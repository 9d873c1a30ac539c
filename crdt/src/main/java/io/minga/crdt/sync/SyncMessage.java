package io.minga.crdt.sync;

import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.crdt.wire.WireReader;
import io.minga.crdt.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * One message of a comparison. One without parts and wants says that its sender has nothing left to
 * say.
 *
 * @param parts what the sender has, at most {@value #PARTS_MAX}
 * @param wants the entries that the sender asks for, at most {@value #WANTS_MAX}
 */
public record SyncMessage(List<Part> parts, List<Id> wants) {
  /** The most parts in a message. */
  public static final int PARTS_MAX = 128;

  /** The most wants in a message. */
  public static final int WANTS_MAX = 512;

  /** The longest encoding, in bytes. */
  public static final int BYTES_MAX = 64 * 1024;

  private static final int PART_BYTES_MAX = 8 * 1024;
  private static final int PREFIX_BYTES_MAX = 1 + Prefix.DEPTH_MAX / 2;

  private static final int PART_FIELD = 1;
  private static final int WANT_FIELD = 2;
  private static final int PREFIX_FIELD = 1;
  private static final int DIGEST_FIELD = 2;
  private static final int SPLIT_FIELD = 3;
  private static final int ITEM_FIELD = 4;
  private static final int ITEM_ID_FIELD = 1;
  private static final int ITEM_DIGEST_FIELD = 2;

  /** What the sender has in one range of ids. */
  public sealed interface Part {
    /** The range. */
    Prefix range();
  }

  /** The digest over all entries in the range. */
  public record Whole(Prefix range, Digest digest) implements Part {}

  /** The digests over its 16 parts. */
  public record Split(Prefix range, List<Digest> digests) implements Part {
    /** Checks that the range can be split. */
    public Split {
      digests = List.copyOf(digests);
      if (digests.size() != Prefix.FANOUT || range.depth() == Prefix.DEPTH_MAX) {
        throw new IllegalArgumentException("a range of up to 15 digits splits into 16");
      }
    }
  }

  /** All entries in it, at most {@link DigestTree#LEAF_MAX}, ascending by id. */
  public record Listed(Prefix range, List<Item> items) implements Part {
    /** Copies the items. */
    public Listed {
      items = List.copyOf(items);
    }
  }

  /** One entry. */
  public record Item(Id id, Digest digest) {}

  /** Copies both lists. */
  public SyncMessage {
    parts = List.copyOf(parts);
    wants = List.copyOf(wants);
  }

  boolean isEmpty() {
    return parts.isEmpty() && wants.isEmpty();
  }

  /** The bytes of the message. */
  public byte[] encode() {
    WireWriter out = new WireWriter();
    for (Part part : parts) {
      out.message(PART_FIELD, encode(part));
    }
    for (Id want : wants) {
      out.id(WANT_FIELD, want);
    }
    return out.toByteArray();
  }

  private static WireWriter encode(Part part) {
    WireWriter out = new WireWriter().bytes(PREFIX_FIELD, bytes(part.range()));
    if (part instanceof Whole whole) {
      out.digests(DIGEST_FIELD, whole.digest());
    } else if (part instanceof Split split) {
      out.digests(SPLIT_FIELD, split.digests().toArray(Digest[]::new));
    } else if (part instanceof Listed listed) {
      for (Item item : listed.items()) {
        out.message(
            ITEM_FIELD,
            new WireWriter()
                .id(ITEM_ID_FIELD, item.id())
                .digests(ITEM_DIGEST_FIELD, item.digest()));
      }
    }
    return out;
  }

  /** How many digits, and the digits, two a byte. */
  private static byte[] bytes(Prefix range) {
    byte[] bytes = new byte[1 + (range.depth() + 1) / 2];
    bytes[0] = (byte) range.depth();
    for (int i = 1; i < bytes.length; i++) {
      bytes[i] = (byte) (range.key() >>> (Long.SIZE - 8 * i));
    }
    return bytes;
  }

  /** What a message says. */
  public static SyncMessage decode(byte[] message) throws MalformedException {
    if (message.length > BYTES_MAX) {
      throw new MalformedException(
          "SyncMessage of " + message.length + " B is above " + BYTES_MAX + " B");
    }
    WireReader in = WireReader.of("SyncMessage", message);
    List<Part> parts = new ArrayList<>();
    while (in.hasBytes(PART_FIELD)) {
      if (parts.size() == PARTS_MAX) {
        throw in.at(PART_FIELD, "there are more than " + PARTS_MAX + " parts");
      }
      parts.add(part(in.message(PART_FIELD, "SyncMessage part", PART_BYTES_MAX)));
    }
    List<Id> wants = new ArrayList<>();
    while (in.hasBytes(WANT_FIELD)) {
      if (wants.size() == WANTS_MAX) {
        throw in.at(WANT_FIELD, "there are more than " + WANTS_MAX + " wants");
      }
      wants.add(in.id(WANT_FIELD));
    }
    in.end();
    return new SyncMessage(parts, wants);
  }

  private static Part part(WireReader in) throws MalformedException {
    Prefix range = prefix(in);
    Part part;
    if (in.hasBytes(DIGEST_FIELD)) {
      part = new Whole(range, in.digest(DIGEST_FIELD));
    } else if (in.hasBytes(SPLIT_FIELD)) {
      if (range.depth() == Prefix.DEPTH_MAX) {
        throw in.at(SPLIT_FIELD, "a range of 16 digits can't be split");
      }
      part = new Split(range, List.of(in.digests(SPLIT_FIELD, Prefix.FANOUT)));
    } else {
      part = new Listed(range, items(in));
    }
    in.end();
    return part;
  }

  private static Prefix prefix(WireReader in) throws MalformedException {
    byte[] bytes = in.bytes(PREFIX_FIELD, PREFIX_BYTES_MAX);
    int depth = bytes.length == 0 ? -1 : bytes[0];
    if (depth < 0 || depth > Prefix.DEPTH_MAX || bytes.length != 1 + (depth + 1) / 2) {
      throw in.at(PREFIX_FIELD, "a range is its number of digits, 0 to 16, and these two a byte");
    }
    long key = 0;
    for (int i = 1; i < bytes.length; i++) {
      key |= (bytes[i] & 0xffL) << (Long.SIZE - 8 * i);
    }
    if ((key & ~Prefix.mask(depth)) != 0) {
      throw in.at(PREFIX_FIELD, "there is something below the digits of a range");
    }
    return new Prefix(key, depth);
  }

  private static List<Item> items(WireReader in) throws MalformedException {
    List<Item> items = new ArrayList<>(0);
    while (in.hasBytes(ITEM_FIELD)) {
      if (items.size() == DigestTree.LEAF_MAX) {
        throw in.at(ITEM_FIELD, "there are more than " + DigestTree.LEAF_MAX + " items");
      }
      WireReader nested = in.message(ITEM_FIELD, "SyncMessage item", PART_BYTES_MAX);
      Item item = new Item(nested.id(ITEM_ID_FIELD), nested.digest(ITEM_DIGEST_FIELD));
      nested.end();
      if (!items.isEmpty() && items.get(items.size() - 1).id().compareTo(item.id()) >= 0) {
        throw in.at(ITEM_FIELD, "items ascend by id, none twice");
      }
      items.add(item);
    }
    return items;
  }
}
