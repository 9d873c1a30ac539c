package io.minga.node.value;

/** The numbers of CBOR, RFC 8949 section 3. */
final class Cbor {
  static final int UNSIGNED = 0;
  static final int NEGATIVE = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int TAG = 6;
  static final int SIMPLE = 7;

  static final int FALSE = 0xf4;
  static final int TRUE = 0xf5;
  static final int NULL = 0xf6;
  static final int HALF = 0xf9;
  static final int SINGLE = 0xfa;
  static final int DOUBLE = 0xfb;

  static final int HALF_NAN = 0x7e00;

  static final int TAG_BIGNUM = 2;
  static final int TAG_NEGATIVE_BIGNUM = 3;
  static final int TAG_DECIMAL = 4;

  private Cbor() {}

  /** How many bytes behind its head an argument takes in the shortest form: 0, 1, 2, 4 or 8. */
  static int argumentBytes(long argument) {
    if (argument >>> 32 != 0) {
      return 8;
    }
    if (argument >>> 16 != 0) {
      return 4;
    }
    if (argument >>> 8 != 0) {
      return 2;
    }
    return argument < 24 ? 0 : 1;
  }

  /** What the head says for an argument of 1, 2, 4 or 8 bytes. */
  static int infoOfWidth(int width) {
    return 24 + Integer.numberOfTrailingZeros(width);
  }

  /** The bits of the half-precision float that equals {@code value}, or -1 if none does. */
  static int halfOf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int exponent = (bits >>> 23) & 0xff;
    int fraction = bits & 0x7fffff;
    if (exponent == 0xff) {
      return fraction == 0 ? sign | 0x7c00 : sign | HALF_NAN;
    }
    if ((bits & 0x7fffffff) == 0) {
      return sign;
    }
    int scale = exponent - 127;
    if (scale > 15 || scale < -24) {
      return -1;
    }
    if (scale >= -14) {
      return (fraction & 0x1fff) != 0 ? -1 : sign | ((scale + 15) << 10) | (fraction >>> 13);
    }
    int subnormal = fraction | 0x800000;
    int shift = -1 - scale; // 2^-15 is 0x200 of 2^-24
    return (subnormal & ((1 << shift) - 1)) != 0 ? -1 : sign | (subnormal >>> shift);
  }

  /** The half-precision float of these bits. */
  static float ofHalf(int half) {
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Float.intBitsToFloat(((exponent - 15 + 127) << 23) | (fraction << 13));
    }
    return (half & 0x8000) == 0 ? magnitude : -magnitude;
  }
}
