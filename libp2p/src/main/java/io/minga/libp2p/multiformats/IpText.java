package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/** The text forms of IP addresses, read strictly and without ever resolving a name. */
final class IpText {
  private static final int GROUPS = 8;
  private static final Bytes MAPPED_PREFIX = Bytes.fromHex("00000000000000000000ffff");

  private IpText() {}

  /** The four bytes of a dotted quad: decimal numbers of 0 to 255 without leading zeros. */
  static Bytes parseIp4(String text) throws WireException {
    List<String> parts = split(text, '.');
    if (parts.size() != 4) {
      throw notIp4(text);
    }
    int[] bytes = new int[4];
    for (int i = 0; i < 4; i++) {
      bytes[i] = octet(text, parts.get(i));
    }
    return Bytes.of(bytes);
  }

  private static int octet(String text, String part) throws WireException {
    boolean digits = !part.isEmpty() && part.length() <= 3;
    int value = 0;
    for (int i = 0; i < part.length() && digits; i++) {
      int digit = part.charAt(i) - '0';
      digits = digit >= 0 && digit <= 9;
      value = value * 10 + digit;
    }
    boolean leadingZero = part.length() > 1 && part.charAt(0) == '0';
    if (!digits || leadingZero || value > 255) {
      throw notIp4(text);
    }
    return value;
  }

  private static WireException notIp4(String text) {
    return new WireException(
        Quoted.of(text) + " is not an IPv4 address: four numbers of 0 to 255 with dots between");
  }

  static String formatIp4(Bytes ip) {
    return ip.at(0) + "." + ip.at(1) + "." + ip.at(2) + "." + ip.at(3);
  }

  /** The 16 bytes of an IPv6 address (RFC 4291, section 2.2), its zone not among them. */
  static Bytes parseIp6(String text) throws WireException {
    if (text.indexOf('%') >= 0) {
      throw new WireException(
          Quoted.of(text) + " has a zone, which belongs in front: /ip6zone/<zone>/ip6/<address>");
    }
    int gap = text.indexOf("::");
    if (gap < 0) {
      List<Integer> groups = groups(text, text, true);
      if (groups.size() != GROUPS) {
        throw notIp6(text);
      }
      return join(groups, 0, List.of());
    }
    List<Integer> head = groups(text, text.substring(0, gap), false);
    List<Integer> tail = groups(text, text.substring(gap + 2), true);
    int zeros = GROUPS - head.size() - tail.size();
    if (zeros < 1) {
      throw notIp6(text);
    }
    return join(head, zeros, tail);
  }

  /** The 16-bit groups of a part of an address, the last two perhaps as a dotted quad. */
  private static List<Integer> groups(String text, String part, boolean atTheEnd)
      throws WireException {
    List<Integer> groups = new ArrayList<>();
    if (part.isEmpty()) {
      return groups;
    }
    List<String> words = split(part, ':');
    if (words.size() > GROUPS) {
      throw notIp6(text);
    }
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (atTheEnd && i == words.size() - 1 && word.indexOf('.') >= 0) {
        Bytes quad = parseIp4(word);
        groups.add(quad.at(0) << 8 | quad.at(1));
        groups.add(quad.at(2) << 8 | quad.at(3));
      } else {
        groups.add(group(text, word));
      }
    }
    return groups;
  }

  private static int group(String text, String word) throws WireException {
    if (word.isEmpty() || word.length() > 4) {
      throw notIp6(text);
    }
    int value = 0;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      int digit = c < 0x7f ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw notIp6(text);
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static Bytes join(List<Integer> head, int zeros, List<Integer> tail) {
    List<Integer> groups = new ArrayList<>(head);
    for (int i = 0; i < zeros; i++) {
      groups.add(0);
    }
    groups.addAll(tail);
    int[] bytes = new int[2 * GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      bytes[2 * i] = groups.get(i) >> 8;
      bytes[2 * i + 1] = groups.get(i) & 0xff;
    }
    return Bytes.of(bytes);
  }

  private static WireException notIp6(String text) {
    return new WireException(
        Quoted.of(text)
            + " is not an IPv6 address: eight groups of up to four hex digits with colons between,"
            + " '::' once for zero groups");
  }

  /** The one text of RFC 5952: lower case, the longest run of zero groups (≥ 2) as {@code ::}. */
  static String formatIp6(Bytes ip) {
    if (ip.startsWith(MAPPED_PREFIX)) {
      return "::ffff:" + formatIp4(ip.slice(12, 16));
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = ip.at(2 * i) << 8 | ip.at(2 * i + 1);
    }
    int gapStart = GROUPS;
    int gapLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = zeroRun(groups, i);
      if (run > gapLength) {
        gapStart = i;
        gapLength = run;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; ) {
      if (i == gapStart) {
        text.append("::");
        i += gapLength;
      } else {
        if (i > 0 && i != gapStart + gapLength) {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i++]));
      }
    }
    return text.toString();
  }

  private static int zeroRun(int[] groups, int from) {
    int to = from;
    while (to < groups.length && groups[to] == 0) {
      to++;
    }
    return to - from;
  }

  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int i = text.indexOf(separator); i >= 0; i = text.indexOf(separator, from)) {
      parts.add(text.substring(from, i));
      from = i + 1;
    }
    parts.add(text.substring(from));
    return parts;
  }
}
