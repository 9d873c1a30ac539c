package io.minga.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.gossip.message.Author;
import io.minga.gossip.message.Message;
import io.minga.gossip.message.Topic;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Saying;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was signed for gossip can be shown to others. */
final class SignaturesTest {
  private static final Topic TOPIC = Topic.of("minga/1/lab/claims");
  private static final Bytes WORDS = Bytes.utf8("mine");

  private final Crypto crypto = CryptoProviders.best();
  private final PrivateKey key = PrivateKey.generate(crypto, new SystemEntropy());
  private final PeerId author = PeerId.of(key.publicKey());
  private final Message message = new Author(crypto, key, 1).write(TOPIC, WORDS);
  private final Saying said = Signatures.saying(author, Saying.Kind.CLAIMS, message);
  private final Signatures signatures = new Signatures();

  @Test
  void whatWasSaid_isProven() throws WireException {
    assertThat(said.message()).isEqualTo(WORDS);
    signatures.verify(TOPIC, said);
  }

  @Test
  void proof_isOfItsTopicWordsAndAuthorOnly() {
    PrivateKey another = PrivateKey.generate(crypto, new SystemEntropy());
    PeerId other = PeerId.of(another.publicKey());
    isForged(Topic.of("minga/1/other/claims"), said);
    isForged(TOPIC, new Saying(author, said.kind(), Bytes.utf8("yours"), said.proof()));
    isForged(TOPIC, new Saying(other, said.kind(), WORDS, said.proof()));
    isForged(TOPIC, new Saying(author, said.kind(), WORDS, Bytes.utf8("x")));
  }

  private void isForged(Topic topic, Saying saying) {
    assertThatThrownBy(() -> signatures.verify(topic, saying)).isInstanceOf(WireException.class);
  }

  @Test
  void anyOtherBytes_areRefused() {
    Hostile.fuzz(
        5,
        2_000,
        List.of(said.proof().toByteArray()),
        input -> {
          if (input.length > 0) {
            signatures.verify(TOPIC, new Saying(author, said.kind(), WORDS, Bytes.copyOf(input)));
          }
          return null;
        });
  }
}
