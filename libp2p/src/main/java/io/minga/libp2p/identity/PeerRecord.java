package io.minga.libp2p.identity;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that a peer itself says it listens on (libp2p RFC 0003, with the domain and type
 * that peers have deployed). It travels in a {@link SignedEnvelope}, and is worth nothing without.
 *
 * @param sequence unsigned; of two records of one peer, the one with the larger is newer
 * @param addresses at most {@link #ADDRESSES_MAX}
 */
public record PeerRecord(PeerId peer, long sequence, List<Multiaddr> addresses) {
  /** How many of a record's addresses are kept: the first that can be parsed. */
  public static final int ADDRESSES_MAX = 32;

  /** How many are looked at for that, so that those left out cost little. */
  private static final int ENTRIES_MAX = 2 * ADDRESSES_MAX;

  private static final String DOMAIN = "libp2p-peer-record";
  private static final Bytes TYPE = Bytes.fromHex("0301");

  private static final int FIELD_PEER_ID = 1;
  private static final int FIELD_SEQUENCE = 2;
  private static final int FIELD_ADDRESS = 3;
  private static final int FIELD_MULTIADDR = 1;

  /** A record of at most {@link #ADDRESSES_MAX} addresses. */
  public PeerRecord {
    if (addresses.size() > ADDRESSES_MAX) {
      throw new IllegalArgumentException(
          "a peer record has at most " + ADDRESSES_MAX + " addresses, this " + addresses.size());
    }
    addresses = List.copyOf(addresses);
  }

  /** The record of the peer that holds {@code key}, sealed by it. */
  public static SignedEnvelope seal(
      Crypto crypto, PrivateKey key, long sequence, List<Multiaddr> addresses) {
    PeerRecord record = new PeerRecord(PeerId.of(key.publicKey()), sequence, addresses);
    return SignedEnvelope.seal(crypto, key, DOMAIN, TYPE, record.encode());
  }

  /**
   * Opens the envelope {@code encoded} and decodes the record in it. Addresses that this host can't
   * parse are left out, since others may know protocols that it doesn't.
   *
   * @throws WireException if one of the two is malformed, the signature is wrong, or the peer of
   *     the record is not the one that has signed
   */
  public static PeerRecord open(Crypto crypto, Bytes encoded) throws WireException {
    SignedEnvelope envelope = SignedEnvelope.open(crypto, DOMAIN, TYPE, encoded);
    PeerRecord record = decode(envelope.payload());
    if (!record.peer.equals(envelope.signer())) {
      throw new WireException(
          "peer record is of " + record.peer + ", its envelope signed by " + envelope.signer());
    }
    return record;
  }

  static PeerRecord decode(Bytes payload) throws WireException {
    @Nullable PeerId peer = null;
    long sequence = 0;
    List<Multiaddr> addresses = new ArrayList<>();
    int entries = 0;
    ProtobufReader in = ProtobufReader.of("peer record", payload);
    while (in.next()) {
      switch (in.field()) {
        case FIELD_PEER_ID -> peer = PeerId.decode(in.bytes(PeerId.BYTES_MAX));
        case FIELD_SEQUENCE -> sequence = in.uint64();
        case FIELD_ADDRESS -> {
          if (entries++ < ENTRIES_MAX && addresses.size() < ADDRESSES_MAX) {
            decodeAddress(in.message("address of a peer record", payload.length()))
                .ifPresent(addresses::add);
          }
        }
        default -> {}
      }
    }
    if (peer == null) {
      throw new WireException("peer record lacks the id of its peer");
    }
    return new PeerRecord(peer, sequence, addresses);
  }

  private static Optional<Multiaddr> decodeAddress(ProtobufReader in) throws WireException {
    Bytes multiaddr = Bytes.EMPTY;
    while (in.next()) {
      if (in.field() == FIELD_MULTIADDR) {
        multiaddr = in.bytes(SignedEnvelope.PAYLOAD_BYTES_MAX);
      }
    }
    try {
      return Optional.of(Multiaddr.decode(multiaddr));
    } catch (WireException unknown) {
      return Optional.empty();
    }
  }

  private Bytes encode() {
    ProtobufWriter out =
        new ProtobufWriter()
            .bytes(FIELD_PEER_ID, peer.multihash())
            .uint64(FIELD_SEQUENCE, sequence);
    for (Multiaddr address : addresses) {
      out.message(FIELD_ADDRESS, new ProtobufWriter().bytes(FIELD_MULTIADDR, address.toBytes()));
    }
    return out.toBytes();
  }

  /** Whether this record should take the place of {@code other}, of the same peer. */
  public boolean isNewerThan(PeerRecord other) {
    return Long.compareUnsigned(sequence, other.sequence) > 0;
  }
}
