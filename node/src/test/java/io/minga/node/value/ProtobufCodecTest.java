package io.minga.node.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.Int64Value;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.minga.libp2p.wire.WireException;
import org.junit.jupiter.api.Test;

final class ProtobufCodecTest {
  @Test
  void message_isItsOwnEncoding() throws WireException {
    Codec<Int64Value> codec = Values.codec(Int64Value.class);

    assertThat(codec.encode(Int64Value.of(150))).asHexString().isEqualTo("089601");
    assertThat(codec.decode(codec.encode(Int64Value.of(-1)))).isEqualTo(Int64Value.of(-1));
    assertThat(codec.decode(new byte[0])).isEqualTo(Int64Value.getDefaultInstance());
  }

  @Test
  void equalMessages_haveEqualBytes_whateverTheOrderOfTheirMaps() {
    Value one = Value.newBuilder().setNumberValue(1).build();
    Struct.Builder forth = Struct.newBuilder();
    Struct.Builder back = Struct.newBuilder();
    for (int i = 0; i < 100; i++) {
      forth.putFields("k" + i, one);
      back.putFields("k" + (99 - i), one);
    }
    Codec<Struct> codec = Values.codec(Struct.class);

    assertThat(codec.encode(forth.build())).isEqualTo(codec.encode(back.build()));
  }

  @Test
  void wrongBytes_areRefused() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> Values.codec(Int64Value.class).decode(new byte[] {8}))
        .withMessageStartingWith("no Int64Value: ");
  }

  @Test
  void classWithoutMessages_isRefusedWhenRegistered() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Values.codec(MessageLite.class))
        .withMessageContaining("is not a generated protobuf message");
  }
}
