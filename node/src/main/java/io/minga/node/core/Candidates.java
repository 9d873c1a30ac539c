package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who can run what is demanded, as known when they were looked up, and what holds for all of them.
 *
 * <p>A submitter of thousands does not look at all of them for each share: those that are full are
 * left out as long as they must be.
 */
final class Candidates {
  /** With so many, those that are full are left out. */
  private static final int MANY = 64;

  private List<Candidate> list = new ArrayList<>();

  /** The place of each; empty until somebody asks. */
  private final Map<PeerId, Integer> places = new LinkedHashMap<>();

  /** The places of some that are full, and stay so until their lanes are freed. */
  private final BitSet full = new BitSet();

  /** How often lanes had been freed when {@link #full} was looked through. */
  private long freedSeen;

  /** The mean over them of the deviation, as a part of the mean. */
  private double deviationPart;

  private long slots;

  /** Of how long one runs, over them. */
  private long sumOfMeansNanos;

  private long leastMeanNanos = Long.MAX_VALUE;

  /** Whether any of them, as far as is known, has ever run the function. */
  boolean measured;

  /** When all were looked up. */
  long knownNanos;

  /** The state of the lanes' table then, or -1 if nobody has looked. */
  long knownVersion = -1;

  /** How many reports had come in when they were looked at. */
  long knownHeard;

  /**
   * Until when work is to be over, as {@link Share} has reckoned: from when on, and with how many
   * batches that waited; -1 if it is to be reckoned anew.
   */
  double untilNanos;

  long reckonedNanos;
  int reckonedReady = -1;

  /** All of them, in the order in which they were first heard of. */
  List<Candidate> list() {
    return list;
  }

  int size() {
    return list.size();
  }

  /** Whether any can be spoken with. */
  boolean isAnyConnected() {
    for (Candidate each : list) {
      if (each.lane().connected) {
        return true;
      }
    }
    return false;
  }

  // What is known.

  void know(List<Candidate> found) {
    list = found;
    places.clear();
    full.clear();
    reckonedReady = -1;
    leastMeanNanos = Long.MAX_VALUE;
    slots = 0;
    sumOfMeansNanos = 0;
    double sum = 0;
    for (Candidate each : found) {
      slots += each.slots();
      sumOfMeansNanos += each.meanNanos();
      leastMeanNanos = Math.min(leastMeanNanos, each.meanNanos());
      sum += (double) each.deviationNanos() / each.meanNanos();
    }
    deviationPart = found.isEmpty() ? 0 : sum / found.size();
  }

  /** One of them was looked at anew. */
  void know(int place, Candidate found) {
    Candidate before = list.set(place, found);
    slots += found.slots() - before.slots();
    sumOfMeansNanos += found.meanNanos() - before.meanNanos();
    full.clear(place);
    leastMeanNanos = Math.min(leastMeanNanos, found.meanNanos());
  }

  /** The place of a peer in the list; -1 if it isn't there. */
  int place(PeerId peer) {
    if (places.isEmpty()) {
      for (int i = 0; i < list.size(); i++) {
        places.put(list.get(i).lane().peer, i);
      }
    }
    return places.getOrDefault(peer, -1);
  }

  // What holds for all of them.

  /**
   * How long one may run with a peer if it is among the long ones. By how much run times differ is
   * up to the function, and taken to be the same for all: of many peers some have had a few that
   * were much alike, and everybody's next tasks would go to these alone.
   */
  double longNanos(Candidate each) {
    return each.longNanos(deviationPart);
  }

  /** How long one runs with the fastest, or less. */
  long leastMeanNanos() {
    return leastMeanNanos;
  }

  /** The mean of how long one runs; 0 if there is nobody. */
  long meanNanos() {
    return list.isEmpty() ? 0 : sumOfMeansNanos / list.size();
  }

  /** How many slots they have together. */
  long slots() {
    return slots;
  }

  // Who is full.

  /** Who has been freed since may have room. */
  void freed(Lanes lanes) {
    for (; freedSeen < lanes.freedCount() && !full.isEmpty(); freedSeen++) {
      Lane lane = lanes.freed(freedSeen);
      int place = lane == null ? -1 : place(lane.peer);
      if (place >= 0) {
        full.clear(place);
      } else if (lane == null) {
        full.clear(); // too many were freed
      }
    }
    freedSeen = lanes.freedCount();
  }

  /** How many from that place on are known to be full, one after the other. */
  int fullFrom(int place) {
    return Math.min(full.nextClearBit(place), list.size()) - place;
  }

  /** If the one in that place is full, that stays so as long as its lane isn't freed. */
  void noteIfFull(int place) {
    Candidate each = list.get(place);
    if (list.size() >= MANY && !each.lane().self && each.isFull()) {
      full.set(place);
    }
  }
}
