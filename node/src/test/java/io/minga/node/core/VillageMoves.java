package io.minga.node.core;

import io.minga.crdt.claims.Phase;
import io.minga.crdt.claims.Register;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.MoveFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Who has taken over what in a village, and what stands where it shouldn't. */
final class VillageMoves {
  private final Village village;

  /** How often each task was taken over. */
  private final Map<Cid, int[]> taken = new LinkedHashMap<>();

  VillageMoves(Village village) {
    this.village = village;
  }

  /** Somebody says this to another. */
  void said(Effect.SendMove send) {
    if (Frames.read(send) instanceof MoveFrame.Accept accept) {
      for (MoveFrame.Part part : accept.parts()) {
        int[] counts = taken.computeIfAbsent(part.batch(), it -> new int[256]);
        part.indexes().forEach(index -> counts[index]++);
      }
    }
  }

  /** How often tasks were taken over, all in all. */
  long inAll() {
    return counts().asLongStream().sum();
  }

  /** How often the task was taken over that was most often. */
  int most() {
    return counts().max().orElse(0);
  }

  private IntStream counts() {
    return taken.values().stream().flatMapToInt(Arrays::stream);
  }

  /**
   * The tasks that stand in two lines although both peers know the same of who has them, or in one
   * although it knows that another has them.
   */
  List<String> doubles() {
    List<String> wrong = new ArrayList<>();
    Map<Cid, Map<House, Register[]>> lines = new LinkedHashMap<>();
    for (House house : village.houses) {
      for (Cid batch : house.isUp() ? house.core.queuedBatches() : List.<Cid>of()) {
        Map<House, Register[]> others = lines.computeIfAbsent(batch, it -> new LinkedHashMap<>());
        Register[] registers = new Register[256];
        for (int index : house.core.queued(batch).toArray()) {
          Register register = house.core.register(batch, index);
          registers[index] = register;
          if (register.phase() != Phase.HELD) {
            continue;
          }
          if (!Announcer.id(house.peer).equals(register.owner())) {
            wrong.add("%s/%d at %d: %s".formatted(batch, index, house.number, register));
          }
          others.forEach(
              (other, its) -> {
                if (register.equals(its[index])) {
                  wrong.add(
                      "%s/%d at %d and %d".formatted(batch, index, house.number, other.number));
                }
              });
        }
        others.put(house, registers);
      }
    }
    return wrong;
  }
}
