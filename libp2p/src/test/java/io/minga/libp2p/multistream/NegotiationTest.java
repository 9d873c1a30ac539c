package io.minga.libp2p.multistream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.multistream.Negotiation.Effect;
import io.minga.libp2p.multistream.Negotiation.Failure;
import io.minga.libp2p.multistream.Negotiation.Input;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NegotiationTest {
  /** The bytes of {@code /multistream/1.0.0}, {@code na} and {@code ls} in the specification. */
  private static final String HEADER = "132f6d756c746973747265616d2f312e302e300a";

  private static final String NA = "036e610a";
  private static final String LS = "036c730a";

  /** {@code /ipfs/kad/1.0.0} and {@code /ipfs/kad/0.2.3}, the specification's example. */
  private static final String KAD_1 = "102f697066732f6b61642f312e302e300a";

  private static final String KAD_0 = "102f697066732f6b61642f302e322e330a";

  private static final String NAME_1 = "/ipfs/kad/1.0.0";
  private static final String NAME_0 = "/ipfs/kad/0.2.3";

  private static final MultistreamOptions OPTIONS = MultistreamOptions.DEFAULT;
  private static final long START = Long.MAX_VALUE - 5; // the deadline's number is negative

  @Test
  void opened_initiator_sendsHeaderAndFirstProposalInOneWrite() throws WireException {
    Negotiation initiator = Negotiation.initiator(Candidates.of(NAME_1), OPTIONS);

    assertThat(open(initiator)).containsExactly(write(HEADER + KAD_1));
  }

  @Test
  void echo_ofTheProposal_isAgreement() throws WireException {
    Negotiation initiator = opened(Negotiation.initiator(Candidates.of(NAME_1), OPTIONS));

    assertThat(receive(initiator, HEADER + KAD_1)).containsExactly(agreed(NAME_1));
    assertThat(initiator.isFinished()).isTrue();
    assertThat(initiator.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void na_toAProposal_makesTheInitiatorTryTheNext() throws WireException {
    Candidates both = Candidates.of(List.of(NAME_1, NAME_0));
    Negotiation initiator = opened(Negotiation.initiator(both, OPTIONS));

    assertThat(receive(initiator, HEADER + NA)).containsExactly(write(KAD_0));
    assertThat(receive(initiator, KAD_0)).containsExactly(agreed(NAME_0));
  }

  @Test
  void na_toTheLastProposal_isFailure() throws WireException {
    Candidates both = Candidates.of(List.of(NAME_1, NAME_0));
    Negotiation initiator = opened(Negotiation.initiator(both, OPTIONS));

    assertThat(receive(initiator, HEADER + NA + NA))
        .containsExactly(write(KAD_0), new Effect.Failed(Failure.NOT_SUPPORTED));
    assertThat(initiator.isFinished()).isTrue();
  }

  @Test
  void lazyInitiator_agreesAtOnceAndSwallowsTheEcho() throws WireException {
    Negotiation lazy = Negotiation.lazyInitiator(Candidates.of(NAME_1), OPTIONS);

    assertThat(open(lazy)).containsExactly(write(HEADER + KAD_1), new Effect.Agreed(NAME_1, true));
    assertThat(lazy.isFinished()).isFalse();

    ByteBuffer in = hex(HEADER + KAD_1 + "aabbcc");
    assertThat(lazy.handle(START, new Input.Received(in))).containsExactly(new Effect.Confirmed());
    assertThat(in).isEqualTo(hex("aabbcc"));
    assertThat(lazy.isFinished()).isTrue();
  }

  @Test
  void lateNa_toALazyInitiator_isFailure() throws WireException {
    Negotiation lazy = opened(Negotiation.lazyInitiator(Candidates.of(NAME_1), OPTIONS));

    assertThat(receive(lazy, HEADER)).isEmpty();
    assertThat(receive(lazy, NA)).containsExactly(new Effect.Failed(Failure.NOT_SUPPORTED));
  }

  @Test
  void lazyInitiator_hasOneCandidate() {
    Candidates both = Candidates.of(List.of(NAME_1, NAME_0));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Negotiation.lazyInitiator(both, OPTIONS))
        .withMessageContaining("single candidate");
  }

  @Test
  void responder_saysNothingBeforeTheInitiator() throws WireException {
    assertThat(open(responder(NAME_1::equals))).isEmpty();
  }

  @Test
  void responder_answersTheHeaderWithoutWaitingForAProposal() throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));

    assertThat(receive(responder, HEADER)).containsExactly(write(HEADER));
    assertThat(receive(responder, KAD_0)).containsExactly(write(NA));
    assertThat(receive(responder, KAD_1)).containsExactly(write(KAD_1), agreed(NAME_1));
  }

  @Test
  void responder_leavesTheDataOfALazyInitiatorInTheBuffer() throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));
    ByteBuffer in = hex(HEADER + KAD_1 + "0102030405");

    assertThat(responder.handle(START, new Input.Received(in)))
        .containsExactly(write(HEADER + KAD_1), agreed(NAME_1));
    assertThat(in).isEqualTo(hex("0102030405"));
  }

  @Test
  void responder_answersSeveralProposalsOfOnePacketInOneWrite() throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));

    assertThat(receive(responder, HEADER + KAD_0 + LS + KAD_1))
        .containsExactly(write(HEADER + NA + NA + KAD_1), agreed(NAME_1));
  }

  @ParameterizedTest
  @CsvSource({LS, NA, HEADER})
  void responder_answersMultistreamsOwnWordsWithNa(String word) throws WireException {
    Negotiation responder = opened(responder(protocol -> true));

    assertThat(receive(responder, HEADER + word)).containsExactly(write(HEADER + NA));
  }

  @Test
  void responder_takesExactlyTheProposalsItAllows() throws WireException {
    MultistreamOptions two = new MultistreamOptions(Duration.ofSeconds(10), 2);
    Negotiation responder = opened(Negotiation.responder(NAME_1::equals, two));
    receive(responder, HEADER + KAD_0 + KAD_0);

    assertThatThrownBy(() -> receive(responder, KAD_1))
        .isInstanceOf(WireException.class)
        .hasMessage("more than 2 protocols are proposed in one negotiation");
    assertThat(responder.isFinished()).isTrue();
  }

  @Test
  void responder_takesTheLongestMessage() throws WireException {
    String name = "/" + "x".repeat(MultistreamOptions.MESSAGE_BYTES_MAX - 2);
    Negotiation responder = opened(responder(name::equals));
    String message = "8008" + ofText(name + "\n");

    assertThat(receive(responder, HEADER + message))
        .containsExactly(write(HEADER + message), agreed(name));
  }

  @Test
  void responder_readsNamesAsUtf8() throws WireException {
    String name = "/grüße/1";
    Negotiation responder = opened(responder(name::equals));
    Candidates candidates = Candidates.of(name);

    assertThat(receive(responder, HEADER + candidates.message(0).toHex())).contains(agreed(name));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "00, a multistream message of 0 bytes has no text; it has at least 2 bytes",
    "010a, a multistream message of 1 bytes has no text; it has at least 2 bytes",
    "03616263, a multistream message ends without a newline",
    "03c3280a, 'multistream message: text of 2 B is not valid UTF-8'",
    "03ff610a, 'multistream message: text of 2 B is not valid UTF-8'",
    "8108, 'a multistream message is 1025 bytes long, and 1024 is the limit'",
    "ff7f, 'a multistream message is 16383 bytes long, and 1024 is the limit'",
    "8080, a multistream message has a length of more than two bytes; it is at most 1024",
    "ffff, a multistream message has a length of more than two bytes; it is at most 1024",
    "8300, a multistream message's length is not in its shortest form",
    "8000, a multistream message's length is not in its shortest form",
  })
  void message_thatIsMalformed_isRefused(String message, String sentence) throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));

    assertThatThrownBy(() -> receive(responder, HEADER + message))
        .isInstanceOf(WireException.class)
        .hasMessage(sentence);
    assertThat(responder.isFinished()).isTrue();
  }

  @Test
  void length_overTheLimit_isRefusedBeforeTheMessageComes() throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));

    assertThatThrownBy(() -> receive(responder, "8108")).isInstanceOf(WireException.class);
  }

  @ParameterizedTest
  @CsvSource({NA, KAD_1, "132f6d756c746973747265616d2f312e302e310a"})
  void firstMessage_thatIsNotTheHeader_isRefusedByBothRoles(String message) throws WireException {
    Negotiation initiator = opened(Negotiation.initiator(Candidates.of(NAME_1), OPTIONS));
    Negotiation responder = opened(responder(protocol -> true));

    for (Negotiation negotiation : List.of(initiator, responder)) {
      assertThatThrownBy(() -> receive(negotiation, message))
          .isInstanceOf(WireException.class)
          .hasMessage("the first multistream message is not /multistream/1.0.0");
    }
  }

  @ParameterizedTest
  @CsvSource({KAD_0, HEADER, LS})
  void answer_thatIsNeitherEchoNorNa_isRefused(String answer) throws WireException {
    Negotiation initiator = opened(Negotiation.initiator(Candidates.of(NAME_1), OPTIONS));

    assertThatThrownBy(() -> receive(initiator, HEADER + answer))
        .isInstanceOf(WireException.class)
        .hasMessage("the answer to the proposal of /ipfs/kad/1.0.0 is neither its echo nor na");
  }

  @Test
  void tick_atTheDeadline_isFailure() throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));
    long deadline = START + Duration.ofSeconds(10).toNanos();
    assertThat(responder.nextDeadlineNanos()).isEqualTo(deadline);

    assertThat(responder.handle(deadline - 1, new Input.Tick())).isEmpty();
    assertThat(responder.handle(deadline, new Input.Tick()))
        .containsExactly(new Effect.Failed(Failure.TIMED_OUT));
    assertThat(responder.handle(deadline + 1, new Input.Tick())).isEmpty();
  }

  @Test
  void bytes_afterTheDeadline_comeTooLate() throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));
    ByteBuffer in = hex(HEADER + KAD_1);

    assertThat(responder.handle(START + Duration.ofSeconds(10).toNanos(), new Input.Received(in)))
        .containsExactly(new Effect.Failed(Failure.TIMED_OUT));
    assertThat(in.position()).isZero();
  }

  @Test
  void close_beforeAnAgreement_isFailure() throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));
    receive(responder, HEADER);

    assertThat(responder.handle(START, new Input.Closed()))
        .containsExactly(new Effect.Failed(Failure.CLOSED));
  }

  @Test
  void close_afterAnAgreement_isNoConcernOfTheNegotiation() throws WireException {
    Negotiation responder = opened(responder(NAME_1::equals));
    receive(responder, HEADER + KAD_1);

    assertThat(responder.handle(START, new Input.Closed())).isEmpty();
  }

  @Test
  void inputs_outOfOrder_areMisuse() throws WireException {
    Negotiation responder = responder(NAME_1::equals);
    assertThatIllegalStateException().isThrownBy(() -> receive(responder, HEADER));
    open(responder);
    assertThatIllegalStateException().isThrownBy(() -> open(responder));
    receive(responder, HEADER + KAD_1);
    assertThatIllegalStateException().isThrownBy(() -> receive(responder, "00"));
  }

  @Test
  void candidates_thatMultistreamCannotCarry_areMisuse() {
    String tooLong = "x".repeat(MultistreamOptions.MESSAGE_BYTES_MAX);
    for (String name : List.of("", "a\nb", "na", "ls", "/multistream/1.0.0", tooLong)) {
      assertThatIllegalArgumentException().isThrownBy(() -> Candidates.of(name));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Candidates.of(List.of()));
  }

  @Test
  void options_arePositive() {
    assertThatIllegalArgumentException().isThrownBy(() -> new MultistreamOptions(Duration.ZERO, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MultistreamOptions(Duration.ofSeconds(1), 0));
  }

  private static Negotiation responder(Predicate<String> supported) {
    return Negotiation.responder(supported, OPTIONS);
  }

  private static List<Effect> open(Negotiation negotiation) throws WireException {
    return negotiation.handle(START, new Input.Opened());
  }

  private static Negotiation opened(Negotiation negotiation) throws WireException {
    open(negotiation);
    return negotiation;
  }

  private static List<Effect> receive(Negotiation negotiation, String hex) throws WireException {
    return negotiation.handle(START, new Input.Received(hex(hex)));
  }

  private static ByteBuffer hex(String hex) {
    return ByteBuffer.wrap(Bytes.fromHex(hex).toByteArray());
  }

  private static String ofText(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8)).toHex();
  }

  private static Effect write(String hex) {
    return new Effect.Write(Bytes.fromHex(hex));
  }

  private static Effect agreed(String protocol) {
    return new Effect.Agreed(protocol, false);
  }
}
