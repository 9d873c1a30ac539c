package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.Effect;
import io.minga.node.core.Submission;
import io.minga.node.runtime.Arguments;
import io.minga.node.runtime.Caller;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a job that were submitted together. They end on the node's loop, which only collects
 * what came in a turn; it is told elsewhere.
 */
final class JobPart extends CompletableFuture<Void> implements Caller {
  private static final long LIFETIME_MILLIS = TimeUnit.DAYS.toMillis(1);

  private final PeerRuntime runtime;
  private final Consumer<List<Daemon.Ended>> came;
  private final Count count;
  private final Arguments inputs;

  /** Which of the caller's inputs each call has; some may have been refused. */
  private final int[] indexes;

  private final List<Daemon.Ended> refused = new ArrayList<>();
  private final AtomicInteger left;
  private final Runnable afterTurn = this::tell;

  /** The loop's. */
  private List<Daemon.Ended> ended = new ArrayList<>();

  private List<Large> large = new ArrayList<>(0);

  private volatile @Nullable Submission submission;

  /** A result that lies in the block store; a hold that is null was lost when the peer closed. */
  private record Large(int index, @Nullable BlockHold hold, Daemon.Failed unread) {
    Daemon.Ended read() {
      if (hold == null) {
        return new Daemon.Ended(index, null, unread);
      }
      try (hold) {
        return new Daemon.Ended(index, Bytes.copyOf(hold.bytes()), null);
      } catch (BlockException e) {
        return new Daemon.Ended(
            index,
            null,
            new Daemon.Failed(
                unread.kind(),
                "the result can't be read: " + e.getMessage(),
                unread.cid(),
                unread.peer(),
                unread.attempts(),
                ""));
      }
    }
  }

  /** Keeps count of calls that ended. */
  interface Count {
    /** So many calls ended, which {@code peer} ran, if anybody did. */
    void ended(@Nullable PeerId peer, int calls);
  }

  JobPart(PeerRuntime runtime, List<Bytes> inputs, Consumer<List<Daemon.Ended>> came, Count count) {
    this.runtime = runtime;
    this.came = came;
    this.count = count;
    this.left = new AtomicInteger(inputs.size());
    this.indexes = new int[inputs.size()];
    this.inputs = runtime.arguments(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      int bytes = inputs.get(i).length();
      if (bytes > runtime.valueBytesMax()) {
        refuse(
            i,
            "the input has %d B as a value, and a task takes at most %d"
                .formatted(bytes, runtime.valueBytesMax()));
      } else {
        add(i, inputs.get(i));
      }
    }
  }

  private void add(int index, Bytes input) {
    int call = inputs.payloads().size();
    try {
      inputs.add(input.toByteArray());
      indexes[call] = index;
    } catch (BlockException e) {
      refuse(index, "the input can't be kept: " + e.getMessage());
    }
  }

  private void refuse(int index, String why) {
    refused.add(
        new Daemon.Ended(index, null, new Daemon.Failed("BAD_INPUT", why, null, null, 0, "")));
  }

  void start(FunctionName function, Policy policy, long jobCalls) {
    if (!refused.isEmpty()) {
      count.ended(null, refused.size());
      runtime.callers().execute(() -> tell(refused));
    }
    try (inputs) { // what is submitted is held for it
      List<Payload> payloads = inputs.payloads();
      if (!payloads.isEmpty()) {
        submission =
            runtime.submit(
                this,
                function,
                policy,
                false,
                LIFETIME_MILLIS,
                Math.max(jobCalls, payloads.size()),
                false,
                payloads);
      }
    }
  }

  @Override
  public void completed(Effect.Complete end) {
    boolean failed =
        end.outcome() instanceof Outcome.Failure failure
            && failure.kind() != Outcome.Kind.CANCELLED; // there may be very many of these
    String cid = failed ? OwnPeer.cid(end.batch(), end.index()) : null;
    completed(end.call(), end.outcome(), end.peer(), end.attempts(), cid);
  }

  @Override
  public void completed(int call, Outcome outcome, @Nullable PeerId peer, int attempts) {
    completed(call, outcome, peer, attempts, null);
  }

  private void completed(
      int call, Outcome outcome, @Nullable PeerId peer, int attempts, @Nullable String cid) {
    count.ended(peer, 1);
    int index = indexes[call];
    if (outcome instanceof Outcome.Failure failure) {
      ended.add(new Daemon.Ended(index, null, OwnPeer.failed(failure, peer, attempts, cid)));
    } else if (((Outcome.Value) outcome).payload() instanceof Payload.Inline inline) {
      ended.add(new Daemon.Ended(index, inline.toBytes(), null));
    } else if (((Outcome.Value) outcome).payload() instanceof Payload.Content content) {
      String why = "the result is gone, for this peer is closed";
      String who = peer == null ? null : peer.toString();
      Daemon.Failed unread = new Daemon.Failed("BAD_RESULT", why, cid, who, attempts, "");
      large.add(new Large(index, runtime.hold(content), unread));
    }
  }

  @Override
  public @Nullable Runnable afterTurn() {
    return afterTurn;
  }

  /** On the loop. */
  private void tell() {
    List<Daemon.Ended> batch = ended;
    List<Large> stored = large;
    ended = new ArrayList<>();
    large = new ArrayList<>(0);
    runtime.later(
        () -> {
          stored.forEach(each -> batch.add(each.read()));
          tell(batch);
        });
  }

  /** Whoever tells the last has everything told. */
  private void tell(List<Daemon.Ended> batch) {
    came.accept(batch);
    if (left.addAndGet(-batch.size()) == 0) {
      complete(null);
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    Submission sent = submission;
    if (cancelled && sent != null) {
      runtime.cancel(sent);
    }
    return cancelled;
  }
}
