package io.minga.node.task;

import io.minga.crdt.sync.SyncMessage;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.WorkFrame.Compare;
import io.minga.node.task.WorkFrame.Tell;
import java.util.ArrayList;
import java.util.List;

/** The protobuf forms of {@link Compare} and {@link Tell}. */
final class CompareCodec {
  static final int BYTES_MAX = 64 + SyncMessage.BYTES_MAX;

  private static final int SAYING_BYTES_MAX =
      256 + Saying.MESSAGE_BYTES_MAX + Saying.PROOF_BYTES_MAX;

  private static final int NUMBER = 1;
  private static final int MINE = 2;
  private static final int MESSAGE = 3;
  private static final int SAYING = 1;
  private static final int BATCH = 2;
  private static final int ANSWER = 3;
  private static final int AUTHOR = 1;
  private static final int ANNOUNCEMENT = 2;
  private static final int CLAIMS = 3;
  private static final int PROOF = 4;

  private CompareCodec() {}

  static void write(FrameWriter out, Compare compare) {
    out.number(NUMBER, compare.number());
    if (compare.mine()) {
      out.number(MINE, 1);
    }
    out.bytes(MESSAGE, Bytes.copyOf(compare.message().encode()));
  }

  static void write(FrameWriter out, Tell tell) {
    for (Saying saying : tell.sayings()) {
      int begun = out.begin(SAYING);
      PeerId author = saying.author();
      if (author != null) {
        out.bytes(AUTHOR, author.multihash());
      }
      boolean announces = saying.kind() == Saying.Kind.ANNOUNCEMENT;
      out.bytes(announces ? ANNOUNCEMENT : CLAIMS, saying.message());
      if (author != null) {
        out.bytes(PROOF, saying.proof());
      }
      out.end(begun);
    }
    for (Id batch : tell.batches()) {
      out.bytes(BATCH, Bytes.copyOf(batch.toByteArray()));
    }
    if (tell.answer()) {
      out.number(ANSWER, 1);
    }
  }

  static Compare readCompare(ProtobufReader in) throws WireException {
    long number = 0;
    boolean mine = false;
    SyncMessage message = null;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, MESSAGE);
      switch (in.field()) {
        case NUMBER -> number = Fields.number(in, 1L, Long.MAX_VALUE);
        case MINE -> mine = in.bool();
        case MESSAGE -> message = readMessage(in);
        default -> {}
      }
    }
    if (number == 0 || message == null) {
      throw new WireException("Compare: a number in field 1 and a message in 3 are right");
    }
    return new Compare(number, mine, message);
  }

  private static SyncMessage readMessage(ProtobufReader in) throws WireException {
    byte[] message = in.bytes(SyncMessage.BYTES_MAX).toByteArray();
    try {
      return SyncMessage.decode(message);
    } catch (MalformedException wrong) {
      throw in.violation(String.valueOf(wrong.getMessage()));
    }
  }

  static Tell readTell(ProtobufReader in, TaskLimits limits) throws WireException {
    List<Saying> sayings = new ArrayList<>(1);
    List<Id> batches = new ArrayList<>(0);
    boolean answer = false;
    boolean answered = false;
    while (in.next()) {
      switch (in.field()) {
        case SAYING -> {
          Fields.requireRoom(in, sayings, limits.partsMax());
          sayings.add(readSaying(in.message("Saying", SAYING_BYTES_MAX)));
        }
        case BATCH -> {
          Fields.requireRoom(in, batches, limits.partsMax());
          batches.add(readBatch(in));
        }
        case ANSWER -> {
          if (answered) {
            throw in.violation("comes twice");
          }
          answered = true;
          answer = in.bool();
        }
        default -> {}
      }
    }
    if (sayings.isEmpty() && batches.isEmpty()) {
      throw new WireException(
          "Tell: nothing is told; sayings in field 1 or batches in 2 are right");
    }
    return new Tell(sayings, batches, answer);
  }

  private static Id readBatch(ProtobufReader in) throws WireException {
    byte[] id = in.bytes(Id.BYTES_MAX).toByteArray();
    if (id.length == 0) {
      throw in.violation("an identifier has 1 to " + Id.BYTES_MAX + " bytes");
    }
    return Id.of(id);
  }

  private static Saying readSaying(ProtobufReader in) throws WireException {
    PeerId author = null;
    Saying.Kind kind = null;
    Bytes message = Bytes.EMPTY;
    Bytes proof = Bytes.EMPTY;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, PROOF);
      switch (in.field()) {
        case AUTHOR -> author = Fields.peerId(in);
        case ANNOUNCEMENT, CLAIMS -> {
          if (kind != null) {
            throw in.violation("an announcement or claims are right, not both");
          }
          kind = in.field() == CLAIMS ? Saying.Kind.CLAIMS : Saying.Kind.ANNOUNCEMENT;
          message = in.bytes(Saying.MESSAGE_BYTES_MAX);
        }
        case PROOF -> proof = in.bytes(Saying.PROOF_BYTES_MAX);
        default -> {}
      }
    }
    if (kind == null) {
      throw new WireException("Saying: an announcement in field 2 or claims in 3 are missing");
    }
    if ((author == null) != proof.isEmpty()) {
      throw new WireException("Saying: an author in field 1 and its proof in 4 come together");
    }
    return new Saying(author, kind, message, proof);
  }
}
