package io.minga.simulations.network;

/**
 * A peer as the network sees it, usually a pure core and what performs its effects.
 *
 * <p>The effects are calls to the {@link Network}, which only schedules: nothing comes back before
 * the call has returned.
 *
 * @param <F> what peers send each other
 */
public interface SimulatedPeer<F> {
  /** A connection with {@code peer} stands, which we dialled if {@code outbound}. */
  void connected(long nowNanos, int peer, boolean outbound);

  /** The connection with {@code peer} is gone. */
  void disconnected(long nowNanos, int peer);

  /** A frame came from {@code peer}. */
  void received(long nowNanos, int peer, F frame);

  /** {@code bytes} of what was to be sent to {@code peer} have left our buffers. */
  void sent(long nowNanos, int peer, int bytes);

  /** Time has come to {@link #nextDeadlineNanos()}, or gone past a former one. */
  void tick(long nowNanos);

  /** When the next tick is due, or {@link Long#MAX_VALUE}. */
  long nextDeadlineNanos();
}
