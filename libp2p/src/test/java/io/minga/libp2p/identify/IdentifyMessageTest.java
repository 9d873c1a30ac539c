package io.minga.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.identity.PublicKey.KeyType;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class IdentifyMessageTest {
  private static final PublicKey KEY =
      new PublicKey(KeyType.ED25519, Bytes.fromHex("01".repeat(32)));
  private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/192.0.2.1/tcp/4001");
  private static final IdentifyMessage FULL =
      new IdentifyMessage(
          KEY,
          List.of(ADDRESS, Multiaddr.parse("/ip6/2001:db8::1/tcp/4001")),
          List.of("/ipfs/id/1.0.0", "/ipfs/ping/1.0.0"),
          Multiaddr.parse("/ip4/192.0.2.9/tcp/50000"),
          "ipfs/0.1.0",
          "minga/0.1.0",
          Bytes.fromHex("0a0b0c"));

  static LongStream seeds() {
    return Seeds.seeds(100);
  }

  private static IdentifyMessage decode(Bytes bytes) throws WireException {
    return IdentifyMessage.decode(bytes.asReadOnlyBuffer(), IdentifyLimits.DEFAULT);
  }

  /** {@code addresses} and {@code protocols} of about 30 bytes each. */
  private static IdentifyMessage large(int addresses, int protocols) {
    return new IdentifyMessage(
        KEY,
        IntStream.range(0, addresses)
            .mapToObj(i -> Multiaddr.parse("/dns4/host-number-" + i + ".example/tcp/" + i))
            .toList(),
        IntStream.range(0, protocols).mapToObj(i -> "/protocol-with-a-name/" + i).toList(),
        ADDRESS,
        "ipfs/0.1.0",
        "minga/0.1.0",
        Bytes.fromHex("aa".repeat(300)));
  }

  @Test
  void encode_small_hasTheFieldsOfTheSpecification() {
    IdentifyMessage small =
        new IdentifyMessage(
            null, List.of(ADDRESS), List.of("/a"), ADDRESS, "v", "w", Bytes.fromHex("ff"));
    String address = "04c0000201060fa1"; // ip4 192.0.2.1, tcp 4001
    assertThat(small.encode().toHex())
        .isEqualTo(
            "1208" + address + "1a022f61" + "2208" + address + "2a0176" + "320177" + "4201ff");
    assertThat(new IdentifyMessage(KEY, List.of(), List.of(), null, null, null, null).encode())
        .isEqualTo(Bytes.fromHex("0a24" + "08011220" + "01".repeat(32)));
  }

  @Test
  void decode_whatWasEncoded_isTheSame() throws WireException {
    assertThat(decode(FULL.encode())).isEqualTo(FULL);
    assertThat(decode(Bytes.EMPTY)).isEqualTo(IdentifyMessage.EMPTY);
  }

  @Test
  void decode_addressesThatWeDoNotKnow_areSkipped() throws WireException {
    Bytes bytes =
        new ProtobufWriter()
            .bytes(2, Bytes.fromHex("ffff01"))
            .bytes(2, ADDRESS.toBytes())
            .bytes(2, Bytes.EMPTY)
            .bytes(4, Bytes.fromHex("00"))
            .bytes(7, Bytes.fromHex("01"))
            .toBytes();
    IdentifyMessage message = decode(bytes);
    assertThat(message.listenAddresses()).containsExactly(ADDRESS);
    assertThat(message.observedAddress()).isNull();
  }

  @Test
  void decode_moreAddressesThanTheLimit_keepsTheFirst() throws WireException {
    IdentifyMessage many = large(100, 0);
    assertThat(decode(many.encode()).listenAddresses())
        .isEqualTo(many.listenAddresses().subList(0, 24));
  }

  @Test
  void decode_moreComponentsThanTheLimit_keepsTheFirstAddresses() throws WireException {
    assertThat(decode(dense().encode()).listenAddresses()).hasSize(256 / 32);
    Bytes unreadable = Bytes.fromHex("dd03".repeat(31) + "00");
    ProtobufWriter out = new ProtobufWriter();
    for (int i = 0; i < 8; i++) {
      out.bytes(2, unreadable);
    }
    out.bytes(2, ADDRESS.toBytes());
    assertThat(decode(out.toBytes()).listenAddresses()).isEmpty();
  }

  @Test
  void decode_beyondALimit_isRefusedInWords() {
    ProtobufWriter protocols = new ProtobufWriter();
    for (int i = 0; i < 129; i++) {
      protocols.string(3, "/" + i);
    }
    assertThatThrownBy(() -> decode(protocols.toBytes()))
        .isInstanceOf(WireException.class)
        .hasMessage("identify names more than 128 protocols");
    assertThatThrownBy(() -> decode(new ProtobufWriter().string(3, "x".repeat(1024)).toBytes()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("1023");
    assertThatThrownBy(() -> decode(new ProtobufWriter().string(6, "x".repeat(257)).toBytes()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("256");
    assertThatThrownBy(
            () -> decode(new ProtobufWriter().bytes(9, Bytes.copyOf(new byte[8190])).toBytes()))
        .isInstanceOf(WireException.class)
        .hasMessage("identify message has 8193 bytes, may have 8192");
  }

  @Test
  void decode_brokenKeyOrText_isRefused() {
    assertThatThrownBy(() -> decode(Bytes.fromHex("0a0101"))).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> decode(Bytes.fromHex("3201ff"))).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> decode(Bytes.fromHex("3001"))).isInstanceOf(WireException.class);
  }

  @Test
  void merge_push_changesOnlyWhatItHas() {
    IdentifyMessage push =
        new IdentifyMessage(null, List.of(), List.of("/new"), null, null, "minga/0.2.0", null);
    assertThat(FULL.merge(push))
        .isEqualTo(
            new IdentifyMessage(
                KEY,
                FULL.listenAddresses(),
                List.of("/new"),
                FULL.observedAddress(),
                "ipfs/0.1.0",
                "minga/0.2.0",
                FULL.signedPeerRecord()));
    assertThat(FULL.merge(IdentifyMessage.EMPTY)).isEqualTo(FULL);
    assertThat(IdentifyMessage.EMPTY.merge(FULL)).isEqualTo(FULL);
  }

  @Test
  void within_alreadyShort_isTheSame() {
    assertThat(FULL.within(FULL.encode().length())).isSameAs(FULL);
  }

  @Test
  void within_tooLong_keepsTheFirstOfBothLists() {
    IdentifyMessage large = large(100, 300);
    IdentifyMessage fitted = large.within(4096);
    assertThat(fitted.encode().length()).isBetween(4096 - 40, 4096);
    int addresses = fitted.listenAddresses().size();
    int protocols = fitted.protocols().size();
    assertThat(fitted.listenAddresses()).isEqualTo(large.listenAddresses().subList(0, addresses));
    assertThat(fitted.protocols()).isEqualTo(large.protocols().subList(0, protocols));
    assertThat(Math.abs(addresses - protocols)).isLessThanOrEqualTo(2);
    assertThat(fitted.publicKey()).isEqualTo(KEY);
    assertThat(fitted.signedPeerRecord()).isEqualTo(large.signedPeerRecord());
    assertThat(large.within(4096)).isEqualTo(fitted);
  }

  @Test
  void within_recordOfMoreThanHalf_isLeftOut() {
    IdentifyMessage large = large(2, 2);
    IdentifyMessage fitted = large.within(400);
    assertThat(fitted.signedPeerRecord()).isNull();
    assertThat(fitted.listenAddresses()).hasSize(2);
  }

  @Test
  void within_lessThanTheSingleFields_isOurError() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FULL.within(50))
        .withMessageMatching(
            "identify's key, versions and observed address take [0-9]+ bytes, may take 50");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decode_randomMessage_isWhatWasEncoded(long seed) throws WireException {
    Random random = new Random(seed);
    IdentifyMessage message =
        new IdentifyMessage(
            random.nextBoolean() ? KEY : null,
            large(random.nextInt(25), 0).listenAddresses(),
            large(0, random.nextInt(20)).protocols(),
            random.nextBoolean() ? ADDRESS : null,
            random.nextBoolean() ? "é".repeat(random.nextInt(100)) : null,
            random.nextBoolean() ? "" : null,
            random.nextBoolean() ? Bytes.EMPTY : null);
    assertThat(decode(message.encode())).isEqualTo(message);
  }

  @Test
  void decode_hostileBytes_isRefusedOrRoundTrips() {
    List<byte[]> corpus = new ArrayList<>();
    for (IdentifyMessage message : List.of(FULL, large(10, 10), large(24, 128), dense())) {
      corpus.add(message.within(8000).encode().toByteArray());
    }
    Hostile.fuzz(1, corpus, IdentifyMessageTest::decode);
  }

  private static @Nullable Object decode(byte[] input) throws WireException {
    return decode(Bytes.copyOf(input));
  }

  /** The most objects for the fewest bytes. */
  private static IdentifyMessage dense() {
    Multiaddr components = Multiaddr.parse("/ws".repeat(Multiaddr.COMPONENTS_MAX));
    return IdentifyMessage.EMPTY.withLists(
        Collections.nCopies(IdentifyLimits.DEFAULT.addressesMax(), components),
        Collections.nCopies(IdentifyLimits.DEFAULT.protocolsMax(), "/"));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decode_mutated_encodesToWhatDecodesTheSame(long seed) {
    Random random = new Random(seed);
    byte[] bytes = large(5, 5).encode().toByteArray();
    for (int i = 0; i < 200; i++) {
      byte[] mutated = bytes.clone();
      mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      IdentifyMessage message;
      try {
        message = decode(Bytes.copyOf(mutated));
      } catch (WireException refused) {
        continue;
      }
      assertThat(message).isEqualTo(redecode(message));
    }
  }

  private static IdentifyMessage redecode(IdentifyMessage message) {
    try {
      return decode(message.encode());
    } catch (WireException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void limits_ofNothing_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new IdentifyLimits(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, Duration.ofSeconds(1)))
        .withMessage("messagesMax is 0; it must be at least 1");
  }
}
