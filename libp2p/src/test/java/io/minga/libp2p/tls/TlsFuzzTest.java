package io.minga.libp2p.tls;

import static io.minga.libp2p.tls.CertificateForge.CRYPTO;
import static io.minga.libp2p.tls.CertificateForge.NOW_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsFuzzTest {
  /**
   * What judging one certificate may allocate over and above the eight bytes a byte: the big
   * numbers and curve points of two signatures, which don't depend on the input's length.
   */
  private static final long SIGNATURES_ALLOCATION_BYTES = 1 << 20;

  /** Judging signatures takes some hundred times as long as reading the form. */
  private static final int SIGNATURE_INPUTS_DIVISOR = 5;

  private static long seed(long standard) {
    String replay = System.getProperty("seed", "");
    return replay.isEmpty() ? standard : Long.parseLong(replay);
  }

  private static List<byte[]> certificates() {
    return Certificates.all().stream().map(Certificates.Vector::der).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {101})
  void certificateForm_holdsToTheOracle(long standardSeed) {
    Hostile.fuzz(seed(standardSeed), certificates(), X509::parse);
  }

  @ParameterizedTest
  @ValueSource(longs = {102})
  void clientHello_holdsToTheOracle(long standardSeed) {
    List<Bytes> ours = List.of(Bytes.copyOf("libp2p".getBytes(StandardCharsets.US_ASCII)));
    Hostile.fuzz(
        seed(standardSeed),
        ClientHelloAlpnTest.corpus(),
        input -> ClientHelloAlpn.judge(ByteBuffer.wrap(input), ours));
  }

  /** The form may survive a mutation: then the signatures are what is under attack. */
  @ParameterizedTest
  @ValueSource(longs = {103})
  void certificateSignatures_areRefusedInWords(long standardSeed) {
    long seed = seed(standardSeed);
    Random random = new Random(seed);
    List<byte[]> corpus = certificates();
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    List<String> reasons = new ArrayList<>();
    corpus.forEach(TlsFuzzTest::verify); // What is allocated once, such as the curves' tables.
    int inputs = Hostile.inputs() / SIGNATURE_INPUTS_DIVISOR;
    for (int i = 0; i < inputs; i++) {
      byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
      // Nearly all of a certificate's bytes are content and not form, so most of these parse.
      input[input.length - 1 - random.nextInt(input.length * 3 / 4)] ^=
          (byte) (1 << random.nextInt(8));
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        reasons.add(verify(input));
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed " + seed + ", input " + i + ": " + HexFormat.of().formatHex(input), e);
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated)
          .as("allocation, seed %d, input %d", seed, i)
          .isLessThan(8L * input.length + SIGNATURES_ALLOCATION_BYTES);
    }
    assertThat(reasons)
        .as("seed %d", seed)
        .doesNotContain("accepted")
        .contains("certificate is not signed by the key that it carries");
  }

  private static String verify(byte[] certificate) {
    try {
      PeerCertificate.verify(CRYPTO, List.of(certificate), NOW_MILLIS);
      return "accepted";
    } catch (WireException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
