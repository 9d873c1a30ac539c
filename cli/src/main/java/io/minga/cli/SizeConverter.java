package io.minga.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes such as {@code 512m}, in bytes. */
final class SizeConverter implements ITypeConverter<Long> {
  private static final String UNITS = "kmgt";
  private static final int UNIT_SHIFT = 10;

  @Override
  public Long convert(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (!lower.matches("[0-9]{1,6}[kmgt]|[0-9]{1,18}")) {
      throw new TypeConversionException(
          "'%s' is no size, which is a number of bytes, or like 64k, 512m, 4g or 1t"
              .formatted(text));
    }
    int unit = UNITS.indexOf(lower.charAt(lower.length() - 1));
    return unit < 0
        ? Long.parseLong(lower)
        : Long.parseLong(lower.substring(0, lower.length() - 1)) << (UNIT_SHIFT * (unit + 1));
  }
}
