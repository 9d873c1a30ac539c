package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An address that says how it is to be reached, layer by layer: {@code
 * /ip4/192.0.2.7/tcp/4001/p2p/12D3Koo…} (multiaddr). It has 1 to 32 components and at most 1 KiB as
 * bytes. Two addresses are equal if their bytes are.
 *
 * <p>As bytes, a component is the uvarint code of its protocol and the value, with the value's
 * uvarint length between if the protocol's values vary in size.
 */
public final class Multiaddr implements Comparable<Multiaddr> {
  /** The most components of an address. */
  public static final int COMPONENTS_MAX = 32;

  /** The most bytes of an address. */
  public static final int ENCODED_BYTES_MAX = 1024;

  /** The longest text that is parsed. */
  public static final int TEXT_LENGTH_MAX = 4096;

  private final List<Component> components;
  private final Bytes encoded;

  private Multiaddr(List<Component> components, Bytes encoded) {
    this.components = components;
    this.encoded = encoded;
  }

  /** One layer of an address; {@code value} is as on the wire, without its length. */
  public record Component(Protocol protocol, Bytes value) {
    /** A component whose value must be right for its protocol. */
    public Component {
      try {
        checkSize(protocol, value.length());
        protocol.format().check(value);
      } catch (WireException wrong) {
        throw new IllegalArgumentException("/" + protocol + ": " + wrong.getMessage());
      }
    }

    /** The component with this value as text, such as {@code of(Protocol.TCP, "4001")}. */
    public static Component of(Protocol protocol, String text) {
      try {
        if (!protocol.hasValue()) {
          throw new WireException("it has no value");
        }
        return new Component(protocol, protocol.format().decodeText(text));
      } catch (WireException wrong) {
        throw new IllegalArgumentException("/" + protocol + ": " + wrong.getMessage());
      }
    }

    /** The component of a protocol without values. */
    public static Component of(Protocol protocol) {
      return new Component(protocol, Bytes.EMPTY);
    }

    /** The value as text: {@code 127.0.0.1}, {@code 4001}; empty if the protocol has none. */
    public String text() {
      try {
        return protocol.hasValue() ? protocol.format().toText(value) : "";
      } catch (WireException impossible) { // the constructor has checked the value
        throw new IllegalStateException(impossible);
      }
    }

    /** The component within an address: {@code /tcp/4001}. */
    @Override
    public String toString() {
      return protocol.hasValue() ? "/" + protocol + "/" + text() : "/" + protocol;
    }

    private void encode(ByteBuffer out) {
      Uvarint.encode(protocol.code(), out);
      if (protocol.format().size() == ValueFormat.VARIABLE) {
        Uvarint.encode(value.length(), out);
      }
      value.writeTo(out);
    }

    private int encodedLength() {
      int prefix =
          protocol.format().size() == ValueFormat.VARIABLE ? Uvarint.length(value.length()) : 0;
      return Uvarint.length(protocol.code()) + prefix + value.length();
    }
  }

  /** The address of these layers, the outermost first. */
  public static Multiaddr of(List<Component> components) {
    try {
      return join(components);
    } catch (WireException wrong) {
      throw new IllegalArgumentException(wrong.getMessage());
    }
  }

  /** The address of a TCP port: {@code /ip4/…/tcp/…}; a link-local IPv6 has its zone in front. */
  public static Multiaddr tcp(InetAddress ip, int port) {
    List<Component> components = new ArrayList<>();
    if (ip instanceof Inet4Address) {
      components.add(new Component(Protocol.IP4, Bytes.copyOf(ip.getAddress())));
    } else {
      String literal = ip.getHostAddress();
      int zone = literal.indexOf('%');
      if (zone >= 0 && ip.isLinkLocalAddress()) {
        components.add(Component.of(Protocol.IP6ZONE, literal.substring(zone + 1)));
      }
      components.add(new Component(Protocol.IP6, Bytes.copyOf(ip.getAddress())));
    }
    components.add(Component.of(Protocol.TCP, Integer.toString(port)));
    return of(components);
  }

  /**
   * Parses the address that a user typed.
   *
   * @throws IllegalArgumentException if it is wrong; the message names the component, its position,
   *     and what would be right
   */
  public static Multiaddr parse(String text) {
    try {
      return decodeText(text);
    } catch (WireException wrong) {
      throw new IllegalArgumentException(wrong.getMessage());
    }
  }

  /** Reads the text of an address that a peer sent, in a DNS record for instance. */
  public static Multiaddr decodeText(String text) throws WireException {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw new WireException(
          "address of " + text.length() + " characters is above " + TEXT_LENGTH_MAX);
    }
    try {
      return join(MultiaddrText.components(text));
    } catch (WireException wrong) {
      throw wrong.at("address " + Quoted.of(text));
    }
  }

  /**
   * The address that {@code encoded} is, all of it.
   *
   * @throws WireException if it is malformed, too long, or has a protocol that isn't known here,
   *     for which a caller may want to skip this one address
   */
  public static Multiaddr decode(Bytes encoded) throws WireException {
    if (encoded.isEmpty() || encoded.length() > ENCODED_BYTES_MAX) {
      throw new WireException(
          "address has 1 to " + ENCODED_BYTES_MAX + " B, not " + encoded.length());
    }
    ByteBuffer in = encoded.asReadOnlyBuffer();
    List<Component> components = new ArrayList<>();
    while (in.hasRemaining()) {
      int start = in.position();
      int position = components.size() + 1;
      if (position > COMPONENTS_MAX) {
        throw tooMany();
      }
      try {
        components.add(decodeComponent(in));
      } catch (WireException wrong) {
        throw wrong.at("address, component " + position + " (at byte " + start + ")");
      }
    }
    return new Multiaddr(List.copyOf(components), encoded);
  }

  private static Component decodeComponent(ByteBuffer in) throws WireException {
    Protocol protocol = Protocol.ofCode(Uvarint.decode(in));
    try {
      int size = protocol.format().size();
      if (size == ValueFormat.VARIABLE) {
        size = Uvarint.decodeLength(in, ENCODED_BYTES_MAX);
      } else if (size > in.remaining()) {
        throw new WireException("value of " + size + " B is cut short at " + in.remaining());
      }
      byte[] value = new byte[size];
      in.get(value);
      Bytes bytes = Bytes.copyOf(value);
      protocol.format().check(bytes);
      return new Component(protocol, bytes);
    } catch (WireException wrong) {
      throw wrong.at("/" + protocol);
    }
  }

  private static void checkSize(Protocol protocol, int size) throws WireException {
    int right = protocol.format().size();
    if (right != ValueFormat.VARIABLE && size != right) {
      throw new WireException("value has " + right + " B, not " + size);
    }
  }

  private static Multiaddr join(List<Component> components) throws WireException {
    if (components.isEmpty()) {
      throw new WireException("an address has at least one component");
    }
    if (components.size() > COMPONENTS_MAX) {
      throw tooMany();
    }
    int length = components.stream().mapToInt(Component::encodedLength).sum();
    if (length > ENCODED_BYTES_MAX) {
      throw new WireException(
          "address has at most " + ENCODED_BYTES_MAX + " B as bytes, not " + length);
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    components.forEach(component -> component.encode(out));
    return new Multiaddr(List.copyOf(components), Bytes.copyOf(out.flip()));
  }

  private static WireException tooMany() {
    return new WireException("address has at most " + COMPONENTS_MAX + " components");
  }

  /** The layers, the outermost first. */
  public List<Component> components() {
    return components;
  }

  /** The protocols of the layers: what a transport looks at to say whether it can dial this. */
  public List<Protocol> protocols() {
    return components.stream().map(Component::protocol).toList();
  }

  /** The first component of this protocol. */
  public Optional<Component> first(Protocol protocol) {
    return components.stream().filter(component -> component.protocol == protocol).findFirst();
  }

  /** Whether any component is of this protocol. */
  public boolean has(Protocol protocol) {
    return first(protocol).isPresent();
  }

  /** The binary form. */
  public Bytes toBytes() {
    return encoded;
  }

  /** Whether the first components are those of {@code prefix}. */
  public boolean startsWith(Multiaddr prefix) {
    int length = prefix.components.size();
    return length <= components.size() && components.subList(0, length).equals(prefix.components);
  }

  /** This address and then {@code inner}'s components. */
  public Multiaddr encapsulate(Multiaddr inner) {
    List<Component> joined = new ArrayList<>(components);
    joined.addAll(inner.components);
    return of(joined);
  }

  /** This address and then one more component. */
  public Multiaddr encapsulate(Component inner) {
    List<Component> joined = new ArrayList<>(components);
    joined.add(inner);
    return of(joined);
  }

  /**
   * The peer that is reached at the end of this address: the value of its last component, if that
   * is {@code /p2p}. Of a relayed address this is the peer behind the relay.
   */
  public Optional<Multihash> peerId() {
    Component last = components.get(components.size() - 1);
    if (last.protocol != Protocol.P2P) {
      return Optional.empty();
    }
    try {
      return Optional.of(Multihash.decode(last.value));
    } catch (WireException impossible) { // the component has checked its value
      throw new IllegalStateException(impossible);
    }
  }

  /** This address with {@code peerId} at its end, where no other peer's id may be. */
  public Multiaddr withPeerId(Multihash peerId) {
    Optional<Multihash> present = peerId();
    if (present.isEmpty()) {
      return encapsulate(new Component(Protocol.P2P, peerId.toBytes()));
    }
    if (!present.get().equals(peerId)) {
      throw new IllegalArgumentException(this + " is not an address of " + peerId.toBase58());
    }
    return this;
  }

  /** This address without the peer's id at its end; empty if it is nothing but a peer's id. */
  public Optional<Multiaddr> decapsulatePeer() {
    if (peerId().isEmpty()) {
      return Optional.of(this);
    }
    List<Component> outer = components.subList(0, components.size() - 1);
    return outer.isEmpty() ? Optional.empty() : Optional.of(of(outer));
  }

  /** The IP address that comes first, if one does; never resolves a name, knows no zone. */
  public Optional<InetAddress> ip() {
    return host()
        .filter(host -> host.protocol == Protocol.IP4 || host.protocol == Protocol.IP6)
        .map(host -> inetAddress(host.value));
  }

  /** The zone of the IPv6 address that comes first, if it has one: an interface's name. */
  public Optional<String> zone() {
    Component first = components.get(0);
    return first.protocol == Protocol.IP6ZONE ? Optional.of(first.text()) : Optional.empty();
  }

  /** The DNS name that comes first, if one does; {@link #components} says of which kind. */
  public Optional<String> dnsName() {
    return host()
        .filter(
            host ->
                switch (host.protocol) {
                  case DNS, DNS4, DNS6, DNSADDR -> true;
                  default -> false;
                })
        .map(Component::text);
  }

  /** The TCP port right behind the IP address or name that comes first. */
  public OptionalInt tcpPort() {
    return port(Protocol.TCP);
  }

  /** The UDP port right behind the IP address or name that comes first. */
  public OptionalInt udpPort() {
    return port(Protocol.UDP);
  }

  private OptionalInt port(Protocol protocol) {
    int index = hostIndex() + 1;
    if (index >= components.size() || components.get(index).protocol != protocol) {
      return OptionalInt.empty();
    }
    Bytes value = components.get(index).value;
    return OptionalInt.of(value.at(0) << 8 | value.at(1));
  }

  private Optional<Component> host() {
    return hostIndex() < components.size()
        ? Optional.of(components.get(hostIndex()))
        : Optional.empty();
  }

  private int hostIndex() {
    return components.get(0).protocol == Protocol.IP6ZONE ? 1 : 0;
  }

  private static InetAddress inetAddress(Bytes ip) {
    try {
      return ip.length() == 4
          ? InetAddress.getByAddress(ip.toByteArray())
          // Unlike InetAddress, this keeps an IPv6 address that maps an IPv4 one as it is.
          : Inet6Address.getByAddress(null, ip.toByteArray(), -1);
    } catch (UnknownHostException impossible) { // the component has checked the length
      throw new IllegalStateException(impossible);
    }
  }

  /** In the order of the binary forms. */
  @Override
  public int compareTo(Multiaddr other) {
    return encoded.compareTo(other.encoded);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Multiaddr that && encoded.equals(that.encoded);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(encoded);
  }

  /** The one text form: IPv6 as in RFC 5952, {@code /p2p} in base58, no slash at the end. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    components.forEach(text::append);
    return text.toString();
  }
}
