package io.minga.libp2p.connections;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;
import java.util.stream.Collectors;

/** Why a request to dial a peer ended without a connection. */
public sealed interface DialFailure {
  /** The peer that was to be dialled. */
  PeerId peer();

  /** What went wrong, as the second half of a sentence. */
  String reason();

  /** One sentence for a person: {@code could not reach 12D3…: /ip4/…: connection refused}. */
  default String sentence() {
    return "could not reach " + peer() + ": " + reason();
  }

  /** Nobody knows where the peer is. */
  record NoAddresses(PeerId peer) implements DialFailure {
    @Override
    public String reason() {
      return "no address of it is known";
    }
  }

  /** There is no room for the request; {@code limit} is the number of {@code what}. */
  record QueueFull(PeerId peer, int limit, String what) implements DialFailure {
    @Override
    public String reason() {
      return limit + " " + what + " are waiting already, which is the limit";
    }
  }

  /** The peer could not be reached a short while ago and rests for so long still. */
  record BackingOff(PeerId peer, long remainingNanos) implements DialFailure {
    @Override
    public String reason() {
      return "it failed before, and the next try is in " + Spans.text(remainingNanos);
    }
  }

  /** None of the addresses led to the peer. */
  record Unreachable(PeerId peer, List<AddressFailure> addresses) implements DialFailure {
    @Override
    public String reason() {
      return addresses.stream()
          .map(failure -> failure.address() + ": " + failure.error())
          .collect(Collectors.joining("; "));
    }
  }

  /** Whoever asked has taken the request back. */
  record Cancelled(PeerId peer) implements DialFailure {
    @Override
    public String reason() {
      return "the dial was cancelled";
    }
  }

  /** What went wrong with one address, as a clause: {@code connection refused}. */
  record AddressFailure(Multiaddr address, String error) {}
}
