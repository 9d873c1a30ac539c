package io.minga.simulations.network;

import java.util.random.RandomGenerator;

/** Two streams between two peers, and what either end knows of them. */
final class Connection<F> {
  final Stream<F> outgoing;
  final Stream<F> incoming;

  /** Whether the end that dialled, and the one that was dialled, have it. */
  boolean isOpenAtDialler;

  boolean isOpenAtListener;

  /** Whether one end has given it up. */
  boolean isClosed;

  /** Since when a direction is cut; the number of times it was cut or mended says which time. */
  long cutNanos;

  int cuts;

  Connection(
      Host<F> dialler,
      Host<F> listener,
      LinkOptions options,
      long latencyNanos,
      RandomGenerator random,
      Faults faults) {
    outgoing = new Stream<>(this, dialler, listener, options, latencyNanos, random, faults);
    incoming = new Stream<>(this, listener, dialler, options, latencyNanos, random, faults);
  }

  Stream<F> from(Host<F> host) {
    return outgoing.from.equals(host) ? outgoing : incoming;
  }

  Host<F> other(Host<F> host) {
    return from(host).to;
  }

  boolean isOpenAt(Host<F> host) {
    return outgoing.from.equals(host) ? isOpenAtDialler : isOpenAtListener;
  }

  void setOpenAt(Host<F> host, boolean isOpen) {
    if (outgoing.from.equals(host)) {
      isOpenAtDialler = isOpen;
    } else {
      isOpenAtListener = isOpen;
    }
  }

  boolean isCut() {
    return outgoing.isCut || incoming.isCut;
  }
}
