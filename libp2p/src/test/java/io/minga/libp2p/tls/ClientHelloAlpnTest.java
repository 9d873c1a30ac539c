package io.minga.libp2p.tls;

import static io.minga.libp2p.tls.ClientHelloAlpn.ACCEPTABLE;
import static io.minga.libp2p.tls.ClientHelloAlpn.INCOMPLETE;
import static io.minga.libp2p.tls.ClientHelloAlpn.NO_COMMON_PROTOCOL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientHelloAlpnTest {
  private static final List<Bytes> OURS = List.of(ascii("/yamux/1.0.0"), ascii("libp2p"));

  private static Bytes ascii(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static ClientHelloAlpn judge(byte[] received) throws WireException {
    return ClientHelloAlpn.judge(ByteBuffer.wrap(received), OURS);
  }

  /** What the JDK sends first when it offers those protocols. */
  static byte[] clientHello(String... protocols) {
    try {
      SSLEngine engine = SSLContext.getDefault().createSSLEngine();
      engine.setUseClientMode(true);
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setApplicationProtocols(protocols);
      engine.setSSLParameters(parameters);
      ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), out);
      return Arrays.copyOf(out.array(), out.position());
    } catch (java.security.GeneralSecurityException | javax.net.ssl.SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<byte[]> corpus() {
    return List.of(
        clientHello(), clientHello("h2", "libp2p"), fragmented(clientHello("libp2p"), 100));
  }

  /** The same message in records of at most {@code length} bytes. */
  private static byte[] fragmented(byte[] record, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 5; at < record.length; at += length) {
      int count = Math.min(length, record.length - at);
      out.writeBytes(new byte[] {22, 3, 1, (byte) (count >> 8), (byte) count});
      out.write(record, at, count);
    }
    return out.toByteArray();
  }

  @Test
  void commonProtocol_isAcceptable() throws WireException {
    assertThat(judge(clientHello("libp2p"))).isEqualTo(ACCEPTABLE);
    assertThat(judge(clientHello("h2", "/yamux/1.0.0"))).isEqualTo(ACCEPTABLE);
  }

  @Test
  void noProtocolOffered_isAcceptable() throws WireException {
    assertThat(judge(clientHello())).isEqualTo(ACCEPTABLE);
  }

  @Test
  void onlyOtherProtocols_haveNothingInCommon() throws WireException {
    assertThat(judge(clientHello("h2"))).isEqualTo(NO_COMMON_PROTOCOL);
    assertThat(judge(clientHello("libp2", "libp2p2"))).isEqualTo(NO_COMMON_PROTOCOL);
  }

  @Test
  void everyPrefix_isIncomplete() throws WireException {
    for (byte[] hello : corpus()) {
      for (int length = 0; length < hello.length; length++) {
        assertThat(judge(Arrays.copyOf(hello, length))).isEqualTo(INCOMPLETE);
      }
    }
  }

  @Test
  void messageInManyRecords_isReadUpToTheBound() throws WireException {
    byte[] hello = clientHello("h2");
    int most = (hello.length - 5 + ClientHelloAlpn.RECORDS_MAX - 1) / ClientHelloAlpn.RECORDS_MAX;

    assertThat(judge(fragmented(hello, most))).isEqualTo(NO_COMMON_PROTOCOL);
    assertThatThrownBy(() -> judge(fragmented(hello, 3)))
        .isInstanceOf(WireException.class)
        .hasMessage("ClientHello is in more than 16 TLS records");
  }

  @Test
  void bytesThatFollow_areNotLookedAt() throws WireException {
    byte[] hello = clientHello("libp2p");

    assertThat(judge(Arrays.copyOf(hello, hello.length + 100))).isEqualTo(ACCEPTABLE);
  }

  @Test
  void position_doesNotMove() throws WireException {
    ByteBuffer received = ByteBuffer.wrap(clientHello("libp2p"));

    ClientHelloAlpn.judge(received, OURS);

    assertThat(received.position()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "474554202f, 'TLS record 0 is of type 71; a handshake record is of type 22'",
    "1603010004020000ff, 'first TLS message is of type 2; a ClientHello is of type 1'",
    "160301000401004001, 'ClientHello is of 16385 bytes; 16384 are allowed'",
    "16050100040100ffff, 'TLS record 0 has version 0501 and length 4; 03xx and 1 to 16384 are right'",
    "1603010000, 'TLS record 0 has version 0301 and length 0; 03xx and 1 to 16384 are right'",
    "160301000501000001ff, 'ClientHello ends in its version and random: 1 bytes are left of 34'",
  })
  void malformedStart_isRefused(String hex, String reason) {
    assertThatThrownBy(() -> judge(Bytes.fromHex(hex).toByteArray()))
        .isInstanceOf(WireException.class)
        .hasMessage(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "0010 0002 0000, ''",
    "0010 0003 0001 00, ''",
    "0010 0002 0000 0010 0002 0000, 'ClientHello offers application protocols twice'",
    "0010 0003 0000 00, 'ClientHello has 1 bytes more than its application protocols'",
    "0010 0002 0001, 'ClientHello ends in its application protocols: 0 bytes are left of 1'",
    "0010 0003 0001 05, 'ClientHello ends in its application protocols: 0 bytes are left of 5'",
    "0010 00ff 0001, 'ClientHello ends in its extension: 2 bytes are left of 255'",
    "0010 00, 'ClientHello ends in its extension: 1 bytes are left of 2'",
  })
  void extensions_areReadStrictly(String extensions, String reason) throws WireException {
    Bytes list = Bytes.fromHex(extensions.replace(" ", ""));
    Bytes body =
        Bytes.fromHex("0303" + "00".repeat(32) + "00" + "00021301" + "0100")
            .concat(Bytes.fromHex("%04x".formatted(list.length())))
            .concat(list);
    byte[] hello =
        Bytes.fromHex("160301%04x01%06x".formatted(body.length() + 4, body.length()))
            .concat(body)
            .toByteArray();

    if (reason.isEmpty()) {
      assertThat(judge(hello)).isEqualTo(NO_COMMON_PROTOCOL);
    } else {
      assertThatThrownBy(() -> judge(hello)).isInstanceOf(WireException.class).hasMessage(reason);
    }
  }
}
