package io.minga.libp2p.tls;

import io.minga.libp2p.wire.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The certificates of other implementations in {@code certificates.txt}. */
final class Certificates {
  /** A certificate, and the peer that it proves or {@code -}. */
  record Vector(String name, String peer, Bytes encoded) {
    byte[] der() {
      return encoded.toByteArray();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  private Certificates() {}

  /** The multihash that a peer id's base58 text is. */
  static Bytes multihash(String text) {
    BigInteger number = BigInteger.ZERO;
    int zeros = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = BASE58.indexOf(text.charAt(i));
      number = number.multiply(BigInteger.valueOf(58)).add(BigInteger.valueOf(digit));
      zeros += number.signum() == 0 ? 1 : 0;
    }
    byte[] magnitude = number.toByteArray();
    int sign = magnitude[0] == 0 ? 1 : 0;
    return Bytes.copyOf(new byte[zeros])
        .concat(Bytes.copyOf(magnitude, sign, magnitude.length - sign));
  }

  static List<Vector> all() {
    try (InputStream in =
        Objects.requireNonNull(Certificates.class.getResourceAsStream("certificates.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .map(part -> new Vector(part[0], part[1], Bytes.fromHex(part[2])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] der(String name) {
    return all().stream()
        .filter(vector -> vector.name.equals(name))
        .findFirst()
        .orElseThrow()
        .der();
  }
}
