package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.TaskCid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The block store of a house: names without bytes, counted as the shell counts them. It finds out
 * when the core lets go of what it doesn't hold, or uses what isn't there.
 */
final class VillageBlocks {
  private final Village village;
  private final House house;
  final Map<Cid, Integer> holds = new LinkedHashMap<>();

  /** What came, in that order. */
  final List<Cid> fetched = new ArrayList<>();

  int flying;
  int flyingMost;

  /** Whether nobody gets anything from here. */
  boolean servesNothing;

  VillageBlocks(Village village, House house) {
    this.village = village;
    this.house = house;
  }

  static Payload.Content content(int number, int size) {
    Bytes name = Bytes.copyOf(ByteBuffer.allocate(8).putInt(number).putInt(size).flip());
    return new Payload.Content(TaskCid.ofContent(name), size);
  }

  /** The input of a call, one of a few, which is held until that is over. */
  Payload drawnInput() {
    Payload.Content input =
        content(2_000 + village.random.nextInt(20), 70_000 + village.random.nextInt(2));
    hold(input.cid());
    return input;
  }

  void hold(Cid cid) {
    holds.merge(cid, 1, Integer::sum);
  }

  void release(Cid cid) {
    if (holds.computeIfPresent(cid, (it, count) -> count - 1) == null) {
      throw new IllegalStateException("house %d does not hold %s".formatted(house.number, cid));
    }
    holds.remove(cid, 0);
  }

  /** A task begins. */
  void begins(Payload input) {
    if (input instanceof Payload.Content content && !holds.containsKey(content.cid())) {
      throw new IllegalStateException("house %d lacks an input".formatted(house.number));
    }
  }

  /** A slot has made this. */
  void made(Outcome outcome) {
    if (outcome instanceof Outcome.Value value
        && value.payload() instanceof Payload.Content content) {
      hold(content.cid());
    }
  }

  /** A call is over. */
  void completed(Call call, Outcome outcome) {
    if (call.input instanceof Payload.Content content) {
      release(content.cid());
    }
    if (outcome instanceof Outcome.Value value
        && value.payload() instanceof Payload.Content content
        && !holds.containsKey(content.cid())) {
      throw new IllegalStateException("house %d lacks a result".formatted(house.number));
    }
  }

  void fetch(Effect.Fetch wanted) {
    if (wanted.cid().codec() == Cid.RAW) {
      fetchContent(wanted);
    } else {
      fetchBatch(wanted);
    }
  }

  private void fetchContent(Effect.Fetch wanted) {
    flyingMost = Math.max(flyingMost, ++flying);
    village.in(
        1 + village.random.nextInt(200),
        () -> {
          flying--;
          for (House other : neighboursOf(wanted.from())) {
            if (!other.blocks.servesNothing
                && other.blocks.holds.containsKey(wanted.cid())
                && (village.lossless || village.random.nextInt(20) > 0)) {
              hold(wanted.cid());
              fetched.add(wanted.cid());
              house.input(new Input.Fetched(wanted.cid(), null));
              return;
            }
          }
          house.input(new Input.NotFetched(wanted.cid(), "nobody has it"));
        });
  }

  /** Batches are no blocks of the store: the core has those. */
  private void fetchBatch(Effect.Fetch wanted) {
    village.at(
        village.nowNanos + Village.MILLION + village.random.nextLong(20 * Village.MILLION),
        () -> {
          for (House other : neighboursOf(wanted.from())) {
            Bytes batch = other.left ? null : other.core.block(wanted.cid());
            if (batch != null) {
              house.input(new Input.Fetched(wanted.cid(), batch));
              return;
            }
          }
          house.input(new Input.NotFetched(wanted.cid(), "nobody has it"));
        });
  }

  /** Those of some that are there, and still connected with this house. */
  private List<House> neighboursOf(List<PeerId> peers) {
    return peers.stream()
        .map(village.byPeer::get)
        .filter(other -> other != null && other.alive && house.neighbours.contains(other))
        .toList();
  }
}
