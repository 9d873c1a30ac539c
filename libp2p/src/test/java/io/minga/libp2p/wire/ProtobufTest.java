package io.minga.libp2p.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProtobufTest {
  private static final int MAX = 100;

  private static ProtobufReader at(String hex) throws WireException {
    ProtobufReader in = ProtobufReader.of("Test", Bytes.fromHex(hex));
    assertThat(in.next()).isTrue();
    return in;
  }

  /** The examples of the protobuf encoding guide. */
  @Test
  void writer_encodingGuide_givesItsBytes() throws WireException {
    assertThat(new ProtobufWriter().uint64(1, 150).toBytes()).isEqualTo(Bytes.fromHex("089601"));
    assertThat(new ProtobufWriter().string(2, "testing").toBytes())
        .isEqualTo(Bytes.fromHex("120774657374696e67"));
    ProtobufWriter nested = new ProtobufWriter().uint64(1, 150);
    assertThat(new ProtobufWriter().message(3, nested).toBytes())
        .isEqualTo(Bytes.fromHex("1a03089601"));
    assertThat(at("089601").uint64()).isEqualTo(150);
    assertThat(at("120774657374696e67").string(7)).isEqualTo("testing");
    ProtobufReader inner = at("1a03089601").message("Inner", 3);
    assertThat(inner.next()).isTrue();
    assertThat(inner.field()).isEqualTo(1);
    assertThat(inner.uint64()).isEqualTo(150);
    assertThat(inner.next()).isFalse();
  }

  @Test
  void writer_zeroAndEmpty_areWrittenInTheOrderOfTheCalls() {
    Bytes written =
        new ProtobufWriter()
            .bytes(2, Bytes.EMPTY)
            .enumeration(1, 0)
            .bool(3, false)
            .string(16, "")
            .message(5, new ProtobufWriter())
            .uint64(4, -1)
            .toBytes();
    assertThat(written.toHex())
        .isEqualTo("1200" + "0800" + "1800" + "820100" + "2a00" + "20ffffffffffffffffff01");
  }

  @Test
  void reader_readsWhatTheWriterWrote() throws WireException {
    Bytes large = Bytes.copyOf(new byte[5000]);
    Bytes written =
        new ProtobufWriter()
            .bytes(1, large)
            .string(2, "größer")
            .uint64(3, -1)
            .enumeration(4, Integer.MAX_VALUE)
            .bool(5, true)
            .message(6, new ProtobufWriter().bytes(1, large))
            .toBytes();
    ByteBuffer direct = ByteBuffer.allocateDirect(written.length() + 2).position(1);
    written.writeTo(direct);
    direct.flip().position(1);
    for (ProtobufReader in :
        List.of(
            ProtobufReader.of("Test", written),
            ProtobufReader.of("Test", direct),
            ProtobufReader.of("Test", ByteBuffer.wrap(written.toByteArray())))) {
      assertThat(in.next()).isTrue();
      assertThat(in.bytes(5000)).isEqualTo(large);
      assertThat(in.next()).isTrue();
      assertThat(in.string(MAX)).isEqualTo("größer");
      assertThat(in.next()).isTrue();
      assertThat(in.uint64()).isEqualTo(-1);
      assertThat(in.next()).isTrue();
      assertThat(in.enumeration()).isEqualTo(Integer.MAX_VALUE);
      assertThat(in.next()).isTrue();
      assertThat(in.bool()).isTrue();
      assertThat(in.next()).isTrue();
      assertThat(in.field()).isEqualTo(6);
      ProtobufReader inner = in.message("Inner", 6000);
      assertThat(inner.next()).isTrue();
      assertThat(inner.bytes(5000)).isEqualTo(large);
      assertThat(inner.next()).isFalse();
      assertThat(in.next()).isFalse();
    }
    assertThat(direct.position()).isEqualTo(1);
  }

  @Test
  void reader_bytesPassedOver_endAtItsPosition() throws WireException {
    Bytes bytes = Bytes.fromHex("1a06" + "0801" + "1202aabb" + "2001");
    ByteBuffer shifted = ByteBuffer.wrap(Bytes.fromHex("ffff").concat(bytes).toByteArray());
    for (ProtobufReader in :
        List.of(ProtobufReader.of("Test", bytes), ProtobufReader.of("Test", shifted.position(2)))) {
      assertThat(in.position()).isZero();
      assertThat(in.next()).isTrue();
      ProtobufReader inner = in.message("Inner", 6);
      assertThat(inner.position()).isEqualTo(2);
      assertThat(in.position()).isEqualTo(8);
      assertThat(inner.next()).isTrue();
      assertThat(inner.next()).isTrue();
      assertThat(inner.skipBytes(2)).isEqualTo(2);
      assertThat(inner.position()).isEqualTo(8);
      assertThat(inner.next()).isFalse();
      assertThat(in.next()).isTrue();
      assertThatThrownBy(() -> in.skipBytes(2)).isInstanceOf(WireException.class);
    }
    ProtobufReader part = ProtobufReader.of("Test", bytes, 4, 4);
    assertThat(part.next()).isTrue();
    assertThat(part.skipBytes(2)).isEqualTo(2);
    assertThat(part.position()).isEqualTo(8);
    assertThat(part.next()).isFalse();
    ProtobufReader in = at("1202aabb");
    assertThatThrownBy(() -> in.skipBytes(1)).hasMessageContaining("length 2 is above 1 B");
  }

  @Test
  void reader_bufferWithAnOffset_readsOnlyWhatRemains() throws WireException {
    ByteBuffer in =
        ByteBuffer.wrap(Bytes.fromHex("ffff" + "0a0161" + "0a0162").toByteArray(), 2, 3);
    ProtobufReader reader = ProtobufReader.of("Test", in.slice());
    assertThat(reader.next()).isTrue();
    assertThat(reader.string(1)).isEqualTo("a");
    assertThat(reader.next()).isFalse();
  }

  @Test
  void next_unreadFields_areSkippedWhateverTheirType() throws WireException {
    ProtobufReader in =
        ProtobufReader.of(
            "Test", Bytes.fromHex("0896015a0301020361aabbccddeeff00117d00112233" + "1001"));
    List<Integer> fields = new ArrayList<>();
    while (in.next()) {
      fields.add(in.field());
    }
    assertThat(fields).containsExactly(1, 11, 12, 15, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0b     | Test, field 1: wire type 3 is none of 0, 1, 2 and 5
          0c     | Test, field 1: wire type 4 is none of 0, 1, 2 and 5
          0e     | Test, field 1: wire type 6 is none of 0, 1, 2 and 5
          0f     | Test, field 1: wire type 7 is none of 0, 1, 2 and 5
          0801000102 | Test: tag 0 has no field number of 1 to 2^29-1
          8080808010 | Test: tag 4294967296 has no field number of 1 to 2^29-1
          ffffffffffffffffff01 | Test: tag 18446744073709551615 has no field number of 1 to 2^29-1
          0a0100ff | Test, after field 1: varint is cut short
          08     | Test, field 1: varint is cut short
          08ffffffffffffffffffff01 | Test, field 1: varint is above 64 bits
          08ffffffffffffffffff02 | Test, field 1: varint is above 64 bits
          0a0561 | Test, field 1: length is 5, but only 1 B follow
          0affffffffffffffffff01 | Test, field 1: length 18446744073709551615 is above 2147483647 B
          0d0102 | Test, field 1: value of 4 B is cut short
          09010203 | Test, field 1: value of 8 B is cut short
          """)
  void next_malformed_isRefusedByName(String hex, String message) {
    assertThatThrownBy(
            () -> {
              ProtobufReader in = ProtobufReader.of("Test", Bytes.fromHex(hex));
              while (in.next()) {}
            })
        .isInstanceOf(WireException.class)
        .hasMessage(message);
  }

  @Test
  void values_beyondTheirLimits_areRefusedByName() {
    assertThatThrownBy(() -> at("12021111").bytes(1))
        .hasMessage("Test, field 2: length 2 is above 1 B");
    assertThatThrownBy(() -> at("12ffffffff0f").bytes(MAX))
        .hasMessage("Test, field 2: length 4294967295 is above 100 B");
    assertThatThrownBy(() -> at("126311").bytes(MAX))
        .hasMessage("Test, field 2: length is 99, but only 1 B follow");
    assertThatThrownBy(() -> at("1202c080").string(MAX))
        .hasMessage("Test, field 2: text of 2 B is not valid UTF-8");
    assertThatThrownBy(() -> at("1202c080").uint64())
        .hasMessage("Test, field 2: wire type 2 where 0, a varint, is right");
    assertThatThrownBy(() -> at("1001").message("Inner", MAX))
        .hasMessage("Test, field 2: wire type 0 where 2, length-delimited, is right");
    assertThatThrownBy(() -> at("108080808008").enumeration())
        .hasMessage("Test, field 2: 2147483648 is above 2147483647");
    assertThatThrownBy(() -> at("10ffffffffffffffffff01").enumeration())
        .hasMessage("Test, field 2: 18446744073709551615 is above 2147483647");
    assertThatThrownBy(() -> at("1002").bool())
        .hasMessage("Test, field 2: a bool is 0 or 1, not 2");
  }

  @Test
  void value_readTwice_isOurMistake() throws WireException {
    ProtobufReader in = at("1001");
    assertThat(in.bool()).isTrue();
    assertThatThrownBy(in::bool).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void writer_negativeEnumeration_isOurMistake() {
    assertThatThrownBy(() -> new ProtobufWriter().enumeration(1, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void reader_hostileInputs_writeBackWhatWasRead() {
    ProtobufWriter inner = new ProtobufWriter().string(2, "inner").bool(5, true);
    byte[] good =
        new ProtobufWriter()
            .bytes(1, Bytes.copyOf(new byte[40]))
            .string(2, "text")
            .uint64(3, 1L << 40)
            .enumeration(4, 300)
            .message(6, inner)
            .toBytes()
            .toByteArray();
    byte[] unread = Bytes.fromHex("0896015a0301020361aabbccddeeff00117d00112233").toByteArray();
    Hostile.fuzz(
        1,
        List.of(good, unread),
        input -> {
          Bytes once = rewrite(ProtobufReader.of("Outer", ByteBuffer.wrap(input)), 0);
          Bytes twice = rewrite(ProtobufReader.of("Outer", once), 0);
          if (!once.equals(twice)) {
            throw new AssertionError(once.toHex() + " is rewritten as " + twice.toHex());
          }
          return once;
        });
  }

  /** What is accepted here means the same to protobuf's own reader, which accepts more. */
  @Test
  void reader_hostileInputs_meanTheSameToProtobuf() {
    byte[] good = Bytes.fromHex("0896015a0301020361aabbccddeeff00117d00112233").toByteArray();
    Hostile.fuzz(
        2,
        List.of(good),
        input -> {
          List<Object> ours = new ArrayList<>();
          ProtobufReader in = ProtobufReader.of("Test", ByteBuffer.wrap(input));
          while (in.next()) {
            ours.add(in.field());
            if (in.field() <= 2) {
              ours.add(in.uint64());
            } else if (in.field() == 11) {
              ours.add(in.bytes(input.length));
            }
          }
          assertThat(ours).isEqualTo(readByProtobuf(input));
          return ours;
        });
  }

  private static List<Object> readByProtobuf(byte[] input) {
    List<Object> values = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(input);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        values.add(field);
        if (field <= 2) {
          values.add(in.readUInt64());
        } else if (field == 11) {
          values.add(Bytes.copyOf(in.readByteArray()));
        } else {
          in.skipField(tag);
        }
      }
    } catch (IOException refused) {
      throw new AssertionError("protobuf refuses what was accepted", refused);
    }
    return values;
  }

  /** The fields that are known, written again. */
  private static Bytes rewrite(ProtobufReader in, int depth) throws WireException {
    ProtobufWriter out = new ProtobufWriter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> out.bytes(1, in.bytes(1000));
        case 2 -> out.string(2, in.string(1000));
        case 3 -> out.uint64(3, in.uint64());
        case 4 -> out.enumeration(4, in.enumeration());
        case 5 -> out.bool(5, in.bool());
        case 6 -> {
          if (depth == 3) {
            throw in.violation("too deep");
          }
          out.bytes(6, rewrite(in.message("Inner", 1000), depth + 1));
        }
        default -> {}
      }
    }
    return out.toBytes();
  }
}
