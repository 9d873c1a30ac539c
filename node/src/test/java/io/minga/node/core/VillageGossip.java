package io.minga.node.core;

import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Announcement;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Saying;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What everybody in a village hears who is connected with anybody: late, in any order, and now and
 * then twice or not at all.
 */
final class VillageGossip {
  private static final int HEARD_MILLIS_MOST = 40;

  /** One message in so many comes twice to a house, and one of the others not at all. */
  private static final int ODD = 50;

  int messages;
  long bytes;
  int announcements;
  final List<Cid> announced = new ArrayList<>();
  int claims;

  /** How many proofs of what others had said were looked at. */
  int proofs;

  /** Whose gossip is lost. */
  final Set<House> mute = new LinkedHashSet<>();

  private final Village village;

  /** Reads what was heard, each time anew. */
  private interface Hearing {
    Input read() throws WireException, MalformedException;
  }

  VillageGossip(Village village) {
    this.village = village;
  }

  /** Gossip with a signature, which nobody here would forge. */
  static Saying sign(PeerId author, Saying.Kind kind, Bytes message) {
    return new Saying(author, kind, message, proof(author, message));
  }

  private static Bytes proof(PeerId author, Bytes message) {
    return Bytes.utf8("%s says %s".formatted(author, message.hashCode()));
  }

  void report(House from, LoadReport report) {
    Bytes said = report.encode(village.limits);
    spread(from, said, () -> new Input.Loaded(from.peer, LoadReport.decode(village.limits, said)));
  }

  void announce(House from, Announcement announcement) {
    announcements++;
    announced.add(announcement.batch());
    PeerId author = from.peer;
    Bytes said = announcement.encode(author);
    spread(
        from,
        said,
        () ->
            new Input.Announced(
                author,
                Announcement.decode(village.limits, said, author),
                sign(author, Saying.Kind.ANNOUNCEMENT, said)));
  }

  void claim(House from, ClaimMessage message) {
    claims++;
    PeerId author = from.peer;
    Bytes said = Bytes.copyOf(message.encode());
    spread(
        from,
        said,
        () ->
            new Input.Claimed(
                author,
                ClaimMessage.decode(Announcer.id(author), said.toByteArray()),
                sign(author, Saying.Kind.CLAIMS, said)));
  }

  private void spread(House from, Bytes said, Hearing hearing) {
    bytes += said.length();
    messages++;
    village.traced(said.hashCode());
    if (from.neighbours.isEmpty() || mute.contains(from)) {
      return;
    }
    for (House to : village.houses) {
      int copies = to == from || village.roads.isCut(from, to) ? 0 : copies();
      for (int i = 0; i < copies; i++) {
        village.in(village.random.nextLong(1, HEARD_MILLIS_MOST), () -> hear(to, hearing));
      }
    }
  }

  private int copies() {
    if (village.lossless) {
      return 1;
    }
    return village.random.nextInt(ODD) == 0 ? 2 : village.random.nextInt(ODD) == 0 ? 0 : 1;
  }

  private static void hear(House to, Hearing hearing) {
    if (to.neighbours.isEmpty()) {
      return;
    }
    try {
      to.input(hearing.read());
    } catch (WireException | MalformedException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  /** A house looks at the proofs of what others are said to have said. */
  void verify(House house, Effect.Verify verify) {
    village.in(1, () -> house.inputs(proven(verify)));
  }

  private List<Input> proven(Effect.Verify verify) {
    List<Input> proven = new ArrayList<>();
    for (Effect.Unproven each : verify.all()) {
      Saying saying = each.saying();
      PeerId author = Objects.requireNonNull(saying.author());
      proofs++;
      if (saying.proof().equals(proof(author, saying.message()))) {
        proven.add(each.input());
      }
    }
    return proven;
  }
}
