package io.minga.gossip.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MessageIdTest {
  private static final int COUNT = 1 << 16;

  @Test
  void hashes_ofAnAuthorsConsecutiveNumbers_hardlyCollide() {
    Bytes author = Bytes.copyOf(new byte[38]);
    Set<Integer> hashes = new HashSet<>();
    for (long seqno = 0; seqno < COUNT; seqno++) {
      Bytes number = Bytes.copyOf(ByteBuffer.allocate(8).putLong(seqno).array());
      hashes.add(MessageId.of(author.concat(number)).hashCode());
    }

    assertThat(hashes).hasSizeGreaterThan(COUNT - 100);
  }

  @Test
  void ids_areEqualByTheirBytes_andOrderedByThem() {
    MessageId small = MessageId.of(Bytes.of(1, 2));
    MessageId large = MessageId.of(Bytes.of(1, 0x80));

    assertThat(MessageId.of(Bytes.of(1, 2))).isEqualTo(small).hasSameHashCodeAs(small);
    assertThat(large).isNotEqualTo(small).isGreaterThan(small);
  }
}
