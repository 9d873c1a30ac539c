package io.minga.node.runtime;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.StrictSign;
import io.minga.gossip.message.Topic;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Saying;

/**
 * Proofs of what was said by gossip, for those who get it otherwise: of a message's parts those
 * that are not in a {@link Saying} anyway, which are its number 1, its signature 2 and its author's
 * key 3. So a proof holds in the topic of its network only.
 */
final class Signatures {
  private static final int NUMBER = 1;
  private static final int SIGNATURE = 2;
  private static final int KEY = 3;

  private final Crypto crypto = CryptoProviders.best();

  /** What was said in a message, with its proof. */
  static Saying saying(PeerId author, Saying.Kind kind, Message message) {
    ProtobufWriter proof =
        new ProtobufWriter().bytes(NUMBER, message.seqno()).bytes(SIGNATURE, message.signature());
    if (!message.key().isEmpty()) {
      proof.bytes(KEY, message.key());
    }
    return new Saying(author, kind, message.data(), proof.toBytes());
  }

  /**
   * Checks that its author has said that.
   *
   * @param topic in which it was said
   * @throws WireException if that isn't so
   */
  void verify(Topic topic, Saying saying) throws WireException {
    PeerId author = saying.author();
    if (author == null) {
      throw new IllegalArgumentException("what a peer says itself has no proof");
    }
    Bytes number = Bytes.EMPTY;
    Bytes signature = Bytes.EMPTY;
    Bytes key = Bytes.EMPTY;
    ProtobufReader in = ProtobufReader.of("proof", saying.proof());
    while (in.next()) {
      switch (in.field()) {
        case NUMBER -> number = in.bytes(StrictSign.SEQNO_LENGTH);
        case SIGNATURE -> signature = in.bytes(Saying.PROOF_BYTES_MAX);
        case KEY -> key = in.bytes(Saying.PROOF_BYTES_MAX);
        default -> {}
      }
    }
    StrictSign.verify(
        crypto, new Message(author.multihash(), saying.message(), number, topic, signature, key));
  }
}
