package io.minga.gossip.netty;

import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.Validator;
import io.minga.gossip.message.StrictSign;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds verdicts: verifies signatures on the crypto threads, in batches, then asks the
 * application's validator. The router bounds how many messages are here.
 */
final class Verification {
  private static final Logger LOG = LoggerFactory.getLogger(Verification.class);

  /** How many messages one thread takes at a time; the others get the rest. */
  private static final int BATCH = 16;

  private final RouterLoop loop;
  private final Crypto crypto;
  private final Executor threads;
  private final long timeoutNanos;
  private final Map<Topic, Validator> validators = new ConcurrentHashMap<>();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong timeouts = new AtomicLong();
  private final List<Input.Validated> settled = new ArrayList<>();
  private List<Effect.Validate> gathered = new ArrayList<>();

  Verification(RouterLoop loop, Crypto crypto, Executor threads, Duration timeout) {
    this.loop = loop;
    this.crypto = crypto;
    this.threads = threads;
    this.timeoutNanos = timeout.toNanos();
  }

  void setValidator(Topic topic, Validator validator) {
    validators.put(topic, validator);
  }

  void removeValidator(Topic topic) {
    validators.remove(topic);
  }

  long failures() {
    return failures.get();
  }

  long timeouts() {
    return timeouts.get();
  }

  // On the loop.

  void add(Effect.Validate message) {
    if (message.verify() || validators.containsKey(message.message().topic())) {
      gathered.add(message);
    } else {
      settled.add(new Input.Validated(message.ticket(), Verdict.ACCEPT));
    }
  }

  /** Tells the router those verdicts for which nothing is to be computed. */
  void settle() {
    if (!settled.isEmpty()) {
      for (int i = 0; i < settled.size(); i++) { // a verdict leads to no further message
        loop.handle(settled.get(i));
      }
      settled.clear();
    }
  }

  /** Hands over what has gathered. */
  void flush() {
    if (gathered.isEmpty()) {
      return;
    }
    List<Effect.Validate> all = gathered;
    gathered = new ArrayList<>();
    try {
      for (int at = 0; at < all.size(); at += BATCH) {
        List<Effect.Validate> batch = all.subList(at, Math.min(all.size(), at + BATCH));
        threads.execute(() -> verify(batch));
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("gossip closes with messages unverified");
    }
  }

  // On the crypto threads.

  private void verify(List<Effect.Validate> batch) {
    List<Input.Validated> verdicts = new ArrayList<>(batch.size());
    for (Effect.Validate it : batch) {
      Input.Validated verdict = verdict(it);
      if (verdict != null) {
        verdicts.add(verdict);
      }
    }
    if (!verdicts.isEmpty()) {
      loop.submit(() -> verdicts.forEach(loop::handle));
    }
  }

  /** The verdict, or null if it comes later. */
  private Input.@Nullable Validated verdict(Effect.Validate it) {
    try {
      if (it.verify()) {
        StrictSign.verify(crypto, it.message());
      }
    } catch (WireException e) {
      LOG.debug("message {} from {}: {}", it.id(), it.receivedFrom(), e.getMessage());
      return new Input.Validated(it.ticket(), Verdict.REJECT);
    }
    Validator validator = validators.get(it.message().topic());
    return validator == null
        ? new Input.Validated(it.ticket(), Verdict.ACCEPT)
        : ask(validator, it);
  }

  private Input.@Nullable Validated ask(Validator validator, Effect.Validate it) {
    CompletableFuture<Verdict> verdict;
    try {
      verdict =
          validator
              .validate(new ReceivedMessage(it.receivedFrom(), it.id(), it.message()))
              .toCompletableFuture();
    } catch (RuntimeException e) {
      return failed(it.ticket(), e);
    }
    if (verdict.isDone() && !verdict.isCompletedExceptionally()) {
      return new Input.Validated(it.ticket(), verdict.join());
    }
    verdict
        .copy()
        .orTimeout(timeoutNanos, TimeUnit.NANOSECONDS)
        .whenComplete(
            (value, failure) -> {
              Input.Validated answer =
                  failure == null
                      ? new Input.Validated(it.ticket(), value)
                      : failed(it.ticket(), failure);
              loop.submit(() -> loop.handle(answer));
            });
    return null;
  }

  private Input.Validated failed(long ticket, Throwable failure) {
    if (failure instanceof TimeoutException) {
      timeouts.incrementAndGet();
      LOG.debug("no verdict in time");
    } else if (failures.getAndIncrement() == 0) {
      LOG.warn("a validator failed; further failures are only counted", failure);
    } else {
      LOG.debug("a validator failed", failure);
    }
    return new Input.Validated(ticket, Verdict.IGNORE);
  }
}
