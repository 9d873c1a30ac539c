package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Loads;
import io.minga.node.schedule.Stealing;
import io.minga.node.task.FunctionName;
import io.minga.node.task.MoveFrame;
import java.util.List;

/** Asks others for work when this peer runs dry. */
final class Asking {
  /** How often is looked whether there is something to do; turns may be many more. */
  private static final long LOOK_NANOS = 2_000_000;

  private final NodeOptions options;
  private final Turn turn;
  private final Loads loads;
  private final Membership membership;
  private final Worker worker;
  private final Arrivals arrivals;
  private final Stealing stealing;
  private boolean looked;
  private long lookNanos;

  Asking(Ground ground, Others others, Owner owner, Arrivals arrivals) {
    this.options = ground.options();
    this.turn = ground.turn();
    this.loads = others.loads();
    this.membership = others.membership();
    this.worker = owner.worker();
    this.arrivals = arrivals;
    this.stealing = new Stealing(ground.random(), options.schedule().answerTime());
  }

  /** Asks somebody, if there is nothing to do here and nothing on its way. */
  void due(long nowNanos) {
    if (options.slots() == 0
        || loads.size() == 0
        || (looked && nowNanos - lookNanos < LOOK_NANOS)
        || !stealing.mayAsk(nowNanos)) {
      return;
    }
    looked = true;
    lookNanos = nowNanos;
    if (arrivals.count() > 0 || !worker.isShort(nowNanos, stealing.shortNanos())) {
      stealing.fed();
      return;
    }
    if (!stealing.hasBeenShort(nowNanos)) {
      return;
    }
    List<FunctionName> functions = worker.offered().functions();
    Stealing.Ask ask =
        stealing.ask(
            nowNanos,
            loads,
            functions,
            options.slots(),
            worker.workNanos(nowNanos),
            membership::isConnected);
    if (ask != null) {
      int most = Math.min(functions.size(), options.tasks().loadFunctionsMax());
      long micros = ask.capacityNanos() / 1000;
      MoveFrame.Want want = new MoveFrame.Want(ask.exchange(), micros, functions.subList(0, most));
      turn.emit(new Effect.SendMove(ask.to(), want.encode()));
    }
  }

  /** Whether a peer was asked for what it offers. */
  boolean hasAsked(PeerId peer) {
    return stealing.hasAsked(peer);
  }

  /** A peer that was asked has offered something; whether any of it was taken. */
  void offered(long nowNanos, boolean taken) {
    stealing.offered(nowNanos, taken);
  }

  /** A peer has declined something, which may be to give. */
  void declined(long nowNanos, PeerId from, MoveFrame.Decline decline) {
    stealing.declined(nowNanos, from, decline.exchange());
  }

  void gone(PeerId peer) {
    stealing.gone(peer);
  }
}
