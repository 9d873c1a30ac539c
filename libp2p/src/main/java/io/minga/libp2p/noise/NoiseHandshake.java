package io.minga.libp2p.noise;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One handshake of {@code /noise}, in either role (noise-libp2p r5).
 *
 * <p>It begins with {@link Input.Opened}, takes bytes as they come, split anywhere, and is over
 * once {@link #isFinished()}. It never takes a byte that follows the last handshake message: those
 * stay in the input's buffer, after its position, and are the first frames of the data phase.
 *
 * <p>The initiator knows whom it speaks to before it says who it is: everything about the responder
 * is checked after message 2, and message 3 is only sent if all is well.
 */
public final class NoiseHandshake {
  /** The protocol's name in multistream. */
  public static final String PROTOCOL = "/noise";

  /** What happens to a handshake. */
  public sealed interface Input {
    /** The connection speaks {@code /noise} now; the first input. */
    record Opened() implements Input {}

    /** Bytes from the peer: those between the position and the limit. The position moves. */
    record Received(ByteBuffer bytes) implements Input {}

    /** The peer sends no more. */
    record Closed() implements Input {}

    /** Time has passed. */
    record Tick() implements Input {}
  }

  /** What the owner of a handshake is to do, in order. */
  public sealed interface Effect {
    /** Write these bytes. */
    record Write(Bytes bytes) implements Effect {}

    /**
     * The peer is who it says, and {@code transport} protects what follows. {@code muxer} is the
     * one that both advertised; if it is empty, multistream negotiates one.
     */
    record Established(
        PublicKey remoteKey, PeerId remotePeer, Optional<String> muxer, NoiseTransport transport)
        implements Effect {}

    /** There will be no secure channel. */
    record Failed(Failure failure) implements Effect {}
  }

  /** Why a handshake ended though nobody broke a rule. */
  public sealed interface Failure {
    /** Another peer than the expected one proved its identity. */
    record WrongPeer(PeerId expected, PeerId actual) implements Failure {}

    /** Both sides advertise muxers, and none is the same. */
    record NoCommonMuxer(List<String> remoteMuxers) implements Failure {}

    /** The deadline passed. */
    record TimedOut() implements Failure {}

    /** The peer stopped sending before the last message. */
    record Closed() implements Failure {}
  }

  private static final byte[] NOTHING = {};

  private final Crypto crypto;
  private final Entropy entropy;
  private final NoiseIdentity identity;
  private final boolean initiator;
  private final @Nullable PeerId expectedPeer;
  private final NoiseOptions options;

  private boolean opened;
  private boolean finished;
  private long deadlineNanos;
  private @Nullable XxHandshake handshake;

  /** How many messages have passed, in both directions. */
  private int messages;

  /** The incomplete frame: its prefix until that is complete, then the message itself. */
  private ByteBuffer partial = ByteBuffer.allocate(NoiseTransport.PREFIX_LENGTH);

  private boolean prefixComplete;

  private NoiseHandshake(
      Crypto crypto,
      Entropy entropy,
      NoiseIdentity identity,
      boolean initiator,
      @Nullable PeerId expectedPeer,
      NoiseOptions options) {
    this.crypto = crypto;
    this.entropy = entropy;
    this.identity = identity;
    this.initiator = initiator;
    this.expectedPeer = expectedPeer;
    this.options = options;
  }

  /** The dialer's side; without an {@code expectedPeer} it takes whoever answers. */
  public static NoiseHandshake initiator(
      Crypto crypto,
      Entropy entropy,
      NoiseIdentity identity,
      @Nullable PeerId expectedPeer,
      NoiseOptions options) {
    return new NoiseHandshake(crypto, entropy, identity, true, expectedPeer, options);
  }

  /** The listener's side. */
  public static NoiseHandshake responder(
      Crypto crypto, Entropy entropy, NoiseIdentity identity, NoiseOptions options) {
    return new NoiseHandshake(crypto, entropy, identity, false, null, options);
  }

  /**
   * Takes one input and returns what to do. Ticks and closes after the end do nothing.
   *
   * @throws WireException if the peer breaks a rule; the handshake is over then
   * @throws IllegalStateException if bytes come before {@code Opened} or after the end
   */
  public List<Effect> handle(long nowNanos, Input input) throws WireException {
    if (input instanceof Input.Opened) {
      return opened(nowNanos);
    }
    if (!opened) {
      throw new IllegalStateException("the first input of a handshake is Opened, not " + input);
    }
    if (finished) {
      if (input instanceof Input.Received) {
        throw new IllegalStateException("bytes for a handshake that is over");
      }
      return List.of();
    }
    if (deadlineNanos - nowNanos <= 0) {
      return fail(new Failure.TimedOut());
    }
    if (input instanceof Input.Received received) {
      return received(received.bytes());
    }
    return input instanceof Input.Closed ? fail(new Failure.Closed()) : List.of();
  }

  /** When the next {@link Input.Tick} is due, or {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    return opened && !finished ? deadlineNanos : Long.MAX_VALUE;
  }

  /** Whether the handshake is over: what comes now belongs to the data phase, if there is one. */
  public boolean isFinished() {
    return finished;
  }

  private List<Effect> opened(long nowNanos) throws WireException {
    if (opened) {
      throw new IllegalStateException("a handshake is opened once");
    }
    opened = true;
    deadlineNanos = nowNanos + options.handshakeTimeout().toNanos();
    return initiator ? List.of(write(NOTHING)) : List.of();
  }

  private List<Effect> received(ByteBuffer in) throws WireException {
    finished = true; // and stays so if the message breaks a rule
    byte[] message = nextMessage(in);
    if (message == null) {
      finished = false;
      return List.of();
    }
    byte[] payload = handshake().readMessage(message);
    messages++;
    boolean last = messages == XxHandshake.MESSAGES;
    if (!last && in.hasRemaining()) {
      throw new WireException(
          "bytes follow Noise message " + messages + " before it could be answered");
    }
    if (messages == 1) {
      finished = false;
      return List.of(write(identity.payload()));
    }
    return authenticate(payload);
  }

  /** The next complete message, or null if {@code in} ends before it does. */
  private byte @Nullable [] nextMessage(ByteBuffer in) throws WireException {
    fill(in);
    if (!prefixComplete) {
      if (partial.hasRemaining()) {
        return null;
      }
      partial = ByteBuffer.allocate(messageLength(partial.flip()));
      prefixComplete = true;
      fill(in);
    }
    if (partial.hasRemaining()) {
      return null;
    }
    byte[] message = partial.array();
    partial = ByteBuffer.allocate(NoiseTransport.PREFIX_LENGTH);
    prefixComplete = false;
    return message;
  }

  private void fill(ByteBuffer in) {
    int count = Math.min(partial.remaining(), in.remaining());
    partial.put(partial.position(), in, in.position(), count);
    partial.position(partial.position() + count);
    in.position(in.position() + count);
  }

  /** The length that the prefix announces, if the message due now may have it. */
  private int messageLength(ByteBuffer prefix) throws WireException {
    int length = prefix.getShort() & 0xffff;
    int least = XxHandshake.overhead(messages);
    int most = messages == 0 ? least : least + options.payloadBytesMax();
    if (length < least || length > most) {
      throw new WireException(
          "Noise message "
              + (messages + 1)
              + " is "
              + length
              + " bytes long; it has from "
              + least
              + " to "
              + most);
    }
    return length;
  }

  /** Checks who sent {@code payload}, and ends the handshake. */
  private List<Effect> authenticate(byte[] payload) throws WireException {
    HandshakePayload decoded;
    PublicKey remoteKey;
    try {
      decoded = HandshakePayload.decode(payload, options.muxersMax());
      remoteKey = PublicKey.decode(decoded.identityKey());
    } catch (WireException e) {
      throw e.at("Noise message " + messages);
    }
    byte[] signed = HandshakePayload.signedMessage(handshake().remoteStatic());
    if (!remoteKey.verify(crypto, signed, decoded.identitySignature().toByteArray())) {
      throw new WireException(
          "Noise message " + messages + ": the identity key did not sign the static key");
    }
    PeerId remotePeer = PeerId.of(remoteKey);
    if (expectedPeer != null && !expectedPeer.equals(remotePeer)) {
      return fail(new Failure.WrongPeer(expectedPeer, remotePeer));
    }
    List<String> theirs = decoded.muxers();
    Optional<String> muxer =
        initiator ? firstCommon(identity.muxers(), theirs) : firstCommon(theirs, identity.muxers());
    if (muxer.isEmpty() && !theirs.isEmpty() && !identity.muxers().isEmpty()) {
      return fail(new Failure.NoCommonMuxer(theirs));
    }
    finished = true;
    if (!initiator) {
      return List.of(new Effect.Established(remoteKey, remotePeer, muxer, handshake().split()));
    }
    Effect last = write(identity.payload());
    return List.of(last, new Effect.Established(remoteKey, remotePeer, muxer, handshake().split()));
  }

  /** The first of the initiator's muxers that the responder has (libp2p, inlined negotiation). */
  private static Optional<String> firstCommon(List<String> initiators, List<String> responders) {
    return initiators.stream().filter(responders::contains).findFirst();
  }

  private Effect.Write write(byte[] payload) throws WireException {
    int length = XxHandshake.overhead(messages) + payload.length;
    ByteBuffer frame = ByteBuffer.allocate(NoiseTransport.PREFIX_LENGTH + length);
    frame.putShort((short) length);
    handshake().writeMessage(payload, frame);
    messages++;
    return new Effect.Write(Bytes.copyOf(frame.array()));
  }

  /** Made when first needed, so that a connection which says nothing costs no key. */
  private XxHandshake handshake() {
    if (handshake == null) {
      handshake =
          new XxHandshake(
              crypto,
              initiator,
              identity.staticKey(),
              X25519KeyPair.generate(crypto, entropy),
              NOTHING);
    }
    return Objects.requireNonNull(handshake);
  }

  private List<Effect> fail(Failure failure) {
    finished = true;
    return List.of(new Effect.Failed(failure));
  }
}
