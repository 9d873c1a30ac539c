package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/** Reads the text of a multiaddr, word by word between slashes. */
final class MultiaddrText {
  private final String text;
  private int position;

  private MultiaddrText(String text) {
    this.text = text;
  }

  /**
   * The components of {@code text}, of which there may be one more than an address can have. One
   * slash at the end is let pass, as all implementations do.
   */
  static List<Multiaddr.Component> components(String text) throws WireException {
    if (!text.startsWith("/")) {
      throw new WireException("an address starts with a slash, as in /ip4/127.0.0.1/tcp/4001");
    }
    String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    MultiaddrText words = new MultiaddrText(trimmed);
    List<Multiaddr.Component> components = new ArrayList<>();
    while (words.hasNext() && components.size() <= Multiaddr.COMPONENTS_MAX) {
      components.add(words.component(components.size() + 1));
    }
    return components;
  }

  private boolean hasNext() {
    return position < text.length();
  }

  private String next() {
    int from = position + 1; // past the slash
    int slash = text.indexOf('/', from);
    position = slash < 0 ? text.length() : slash;
    return text.substring(from, position);
  }

  private Multiaddr.Component component(int number) throws WireException {
    String place = "component " + number;
    Protocol protocol;
    try {
      String name = next();
      if (name.isEmpty()) {
        throw new WireException("there is no protocol's name between two slashes");
      }
      protocol = Protocol.ofName(name);
    } catch (WireException wrong) {
      throw wrong.at(place);
    }
    try {
      return new Multiaddr.Component(protocol, value(protocol));
    } catch (WireException wrong) {
      throw wrong.at(place + " (/" + protocol + ")");
    }
  }

  private Bytes value(Protocol protocol) throws WireException {
    if (!protocol.hasValue()) {
      return Bytes.EMPTY;
    }
    if (!hasNext()) {
      throw new WireException("its value is missing");
    }
    return protocol.format().decodeText(next());
  }
}
