package io.minga.gossip.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.IDontWant;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.IWant;
import io.minga.gossip.rpc.Rpc.PeerInfo;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RpcCodecTest {
  private static final Topic NEWS = Topic.of("news");
  private static final Message MESSAGE =
      new Message(
          Bytes.of(0, 1, 2),
          Bytes.utf8("hello"),
          Bytes.fromHex("0000000000000007"),
          NEWS,
          Bytes.of(9, 9),
          Bytes.of(5));
  private static final Rpc FULL =
      new Rpc(
          List.of(new Subscription(true, NEWS), new Subscription(false, Topic.of("x"))),
          List.of(MESSAGE, MESSAGE),
          new Control(
              List.of(new IHave(NEWS, ids(1, 2))),
              List.of(new IWant(ids(3))),
              List.of(new Graft(NEWS)),
              List.of(
                  new Prune(NEWS, List.of(new PeerInfo(Bytes.of(7), Bytes.of(8, 8))), 60),
                  new Prune(Topic.of("x"), List.of(), 0)),
              List.of(new IDontWant(ids(4, 5)))));

  static LongStream seeds() {
    return Seeds.seeds(2);
  }

  @Test
  void encode_ofEveryKind_hasTheBytesOfTheSpecification() {
    assertThat(RpcCodec.encode(FULL).toHex())
        .isEqualTo(
            "0a0808011204"
                + hex("news")
                + "0a0508001201"
                + hex("x")
                + ("1223"
                        + "0a03000102"
                        + "1205"
                        + hex("hello")
                        + "1a080000000000000007"
                        + "2204"
                        + hex("news")
                        + "2a020909"
                        + "320105")
                    .repeat(2)
                + "1a3b"
                + ("0a0c" + "0a04" + hex("news") + "120101" + "120102")
                + ("1203" + "0a0103")
                + ("1a06" + "0a04" + hex("news"))
                + ("2211" + "0a04" + hex("news") + "1207" + "0a0107" + "12020808" + "183c")
                + ("2203" + "0a01" + hex("x"))
                + ("2a06" + "0a0104" + "0a0105"));
  }

  @Test
  void encode_agreesWithTheOtherWriter() {
    Bytes other =
        new ProtobufWriter()
            .message(
                2,
                new ProtobufWriter()
                    .bytes(1, MESSAGE.from())
                    .bytes(2, MESSAGE.data())
                    .bytes(3, MESSAGE.seqno())
                    .bytes(4, NEWS.name())
                    .bytes(5, MESSAGE.signature())
                    .bytes(6, MESSAGE.key()))
            .toBytes();

    assertThat(RpcCodec.encode(Rpc.of(MESSAGE))).isEqualTo(other);
  }

  @Test
  void decode_ofWhatWasEncoded_isTheSame() throws WireException {
    assertThat(decode(RpcCodec.encode(FULL))).isEqualTo(FULL);
    assertThat(RpcCodec.length(FULL)).isEqualTo(RpcCodec.encode(FULL).length());
  }

  @Test
  void decode_ofUnknownFields_skipsThem() throws WireException {
    Bytes more = new ProtobufWriter().uint64(9, 1).bytes(10, Bytes.of(1)).toBytes();

    assertThat(decode(RpcCodec.encode(FULL).concat(more))).isEqualTo(FULL);
  }

  @Test
  void decode_ofAPart_refusesOrSaysLess() throws WireException {
    byte[] whole = RpcCodec.encode(FULL).toByteArray();
    int readable = 0;
    for (int length = 0; length < whole.length; length++) {
      try {
        Rpc part = decode(Bytes.copyOf(whole, 0, length));
        assertThat(part).isNotEqualTo(FULL);
        readable++;
      } catch (WireException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
    }
    assertThat(readable).isEqualTo(5); // after nothing, and after each of the first four entries
  }

  @Test
  void decode_ofAFieldTwice_takesTheLast() throws WireException {
    Bytes message =
        new ProtobufWriter().string(4, "old").string(4, "news").bytes(2, Bytes.of(1)).toBytes();

    Rpc rpc = decode(new ProtobufWriter().bytes(2, message).toBytes());

    assertThat(rpc.messages().get(0).topic()).isEqualTo(NEWS);
  }

  @Test
  void decode_ofATopicThatIsNoUtf8_keepsItsBytes() throws WireException {
    Bytes name = Bytes.of(0xff, 0xfe);
    Bytes graft = new ProtobufWriter().bytes(1, name).toBytes();

    assertThat(decode(controlOf(3, graft, 1)).control().graft())
        .containsExactly(new Graft(Topic.of(name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"12ffffffff07", "12ffffffffffffffffff01", "1280808080808080808080", "12ff"})
  void decode_ofAnEnormousOrEndlessLength_refuses(String hex) {
    assertThatThrownBy(() -> decode(Bytes.fromHex(hex))).isInstanceOf(WireException.class);
  }

  @Test
  void decode_ofTheLargestBackoff_keepsItUnsigned() throws WireException {
    Bytes prune = new ProtobufWriter().bytes(1, NEWS.name()).uint64(3, -1).toBytes();
    Rpc rpc = decode(controlOf(4, prune, 1));

    assertThat(rpc.control().prune()).containsExactly(new Prune(NEWS, List.of(), -1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void decode_ofAMillionEmptyEntries_refuses(int field) {
    assertThatThrownBy(() -> decode(repeated(field, Bytes.EMPTY, 500_000)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("lacks its topic");
  }

  @Test
  void decode_ofEmptyControlEntriesWithoutEnd_refuses() {
    for (int field : new int[] {2, 5}) {
      assertThatThrownBy(() -> decode(controlOf(field, Bytes.EMPTY, 400_000)))
          .isInstanceOf(WireException.class)
          .hasMessageContaining("more control messages than an RPC may have");
    }
  }

  @Test
  void decode_ofManyTinyEntries_isRefusedForWhatTheyWouldTake() {
    Bytes graft = new ProtobufWriter().bytes(1, Bytes.of('t')).toBytes();

    assertThatThrownBy(() -> decode(controlOf(3, graft, 2000)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("fewer and longer entries");
  }

  @Test
  void decode_ofMoreThanEachLimit_refuses() {
    RpcLimits tight = new RpcLimits(10_000, 1, 1, 2, 3, 1, 8, 4, 4, 4);
    Bytes subscription = new ProtobufWriter().bool(1, true).bytes(2, NEWS.name()).toBytes();
    Bytes message = new ProtobufWriter().bytes(4, NEWS.name()).toBytes();
    Bytes iwant = repeated(1, Bytes.of(1), 4);
    Bytes peers =
        new ProtobufWriter().bytes(1, NEWS.name()).toBytes().concat(repeated(2, Bytes.EMPTY, 2));

    assertRefused(tight, repeated(1, subscription, 2), "subscriptions");
    assertRefused(tight, repeated(2, message, 2), "messages");
    assertRefused(tight, controlOf(2, Bytes.EMPTY, 3), "control messages");
    assertRefused(tight, controlOf(2, iwant, 1), "message ids");
    assertRefused(tight, controlOf(4, peers, 1), "recommended peers");
    assertRefused(
        tight, controlOf(3, new ProtobufWriter().string(1, "ninebytes").toBytes(), 1), "8 B");
    assertRefused(tight, Bytes.copyOf(new byte[10_001]), "10000");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decode_ofAnything_breaksNothing(long seed) {
    Hostile.fuzz(
        seed,
        List.of(
            RpcCodec.encode(FULL).toByteArray(),
            controlOf(2, repeated(1, Bytes.of(1), 90), 3).toByteArray()),
        input -> {
          Rpc rpc = RpcCodec.decode(RpcLimits.DEFAULT, ByteBuffer.wrap(input));
          return rpc;
        });
  }

  @Test
  void split_ofALongRpc_saysTheSameInPieces() {
    List<MessageId> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add(MessageId.of(Bytes.of(i / 250, i % 250)));
    }
    Control control =
        new Control(
            List.of(new IHave(NEWS, many)),
            List.of(new IWant(many)),
            List.of(new Graft(NEWS)),
            List.of(new Prune(NEWS, List.of(), 1)),
            List.of());
    Rpc rpc = new Rpc(FULL.subscriptions(), List.of(MESSAGE, MESSAGE), control);

    List<Rpc> pieces = Fragments.split(rpc, 200);

    assertThat(pieces).allSatisfy(it -> assertThat(RpcCodec.length(it)).isBetween(1, 200));
    assertThat(pieces.stream().flatMap(it -> it.messages().stream())).hasSize(2);
    assertThat(pieces.stream().flatMap(it -> it.subscriptions().stream())).hasSize(2);
    assertThat(
            pieces.stream()
                .flatMap(it -> it.control().ihave().stream())
                .flatMap(it -> it.ids().stream()))
        .containsExactlyElementsOf(many);
    assertThat(
            pieces.stream()
                .flatMap(it -> it.control().iwant().stream())
                .flatMap(it -> it.ids().stream()))
        .containsExactlyElementsOf(many);
    assertThat(pieces.stream().flatMap(it -> it.control().graft().stream())).hasSize(1);
    assertThat(pieces.stream().flatMap(it -> it.control().prune().stream())).hasSize(1);
  }

  @Test
  void split_ofAShortRpc_leavesIt() {
    assertThat(Fragments.split(FULL, 1000)).containsExactly(FULL);
  }

  private static void assertRefused(RpcLimits limits, Bytes frame, String what) {
    assertThatThrownBy(() -> RpcCodec.decode(limits, frame.asReadOnlyBuffer()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(what);
  }

  private static Rpc decode(Bytes frame) throws WireException {
    return RpcCodec.decode(RpcLimits.DEFAULT, frame.asReadOnlyBuffer());
  }

  private static Bytes controlOf(int field, Bytes entry, int count) {
    return new ProtobufWriter().bytes(3, repeated(field, entry, count)).toBytes();
  }

  private static Bytes repeated(int field, Bytes entry, int count) {
    ProtobufWriter out = new ProtobufWriter();
    for (int i = 0; i < count; i++) {
      out.bytes(field, entry);
    }
    return out.toBytes();
  }

  private static List<MessageId> ids(int... values) {
    List<MessageId> ids = new ArrayList<>();
    for (int value : values) {
      ids.add(MessageId.of(Bytes.of(value)));
    }
    return ids;
  }

  private static String hex(String text) {
    return Bytes.utf8(text).toHex();
  }
}
