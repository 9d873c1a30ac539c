package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Tasks of one batch that this peer has claimed, and whose batch is on its way here. */
final class Arrival {
  final Cid batch;
  final PeerId submitter;

  /** Who gave the last of them. */
  PeerId giver;

  /** How long one is expected to run here. */
  final long meanNanos;

  /** When it is too late. */
  final long untilNanos;

  private final TreeMap<Integer, IndexBits> byEpoch = new TreeMap<>();

  Arrival(Cid batch, PeerId submitter, PeerId giver, long meanNanos, long untilNanos) {
    this.batch = batch;
    this.submitter = submitter;
    this.giver = giver;
    this.meanNanos = meanNanos;
    this.untilNanos = untilNanos;
  }

  void add(int epoch, IndexSet indexes) {
    byEpoch.computeIfAbsent(epoch, it -> new IndexBits()).addAll(indexes);
  }

  /** Removes those of these that were claimed in no later epoch. */
  void remove(IndexSet indexes, int epoch) {
    byEpoch.headMap(epoch, true).values().forEach(its -> its.removeAny(indexes));
    byEpoch.values().removeIf(IndexBits::isEmpty);
  }

  /** Removes these; returns those that were there. */
  IndexSet remove(IndexSet indexes) {
    IndexSet gone = indexes().and(indexes);
    byEpoch.values().forEach(its -> its.removeAny(gone));
    byEpoch.values().removeIf(IndexBits::isEmpty);
    return gone;
  }

  boolean isEmpty() {
    return byEpoch.isEmpty();
  }

  IndexSet indexes() {
    IndexBits all = new IndexBits();
    byEpoch.values().forEach(all::addAll);
    return all.toSet();
  }

  int epoch(int index) {
    int[] epoch = {0};
    byEpoch.forEach((each, its) -> epoch[0] = its.contains(index) ? each : epoch[0]);
    return epoch[0];
  }

  long workNanos() {
    return indexes().size() * meanNanos;
  }

  /** What is held in which epoch. */
  List<WorkFrame.Share> shares() {
    List<WorkFrame.Share> shares = new ArrayList<>(1);
    byEpoch.forEach((epoch, its) -> shares.add(new WorkFrame.Share(epoch, its.toSet())));
    return shares;
  }
}
