package io.minga.gossip.netty;

import io.minga.gossip.GossipStats.Connects;
import io.minga.libp2p.Host;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PeerRecord;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to direct peers, few at a time, and to recommended ones unless somebody else decides on
 * these. What others say of where a peer is counts only with that peer's signature. Owned by the
 * gossip loop.
 */
final class Connecting {
  private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);

  private record Wanted(PeerId peer, Bytes signedRecord) {}

  private final RouterLoop loop;
  private final Host host;
  private final Crypto crypto;
  private final Executor threads;
  private final NettyGossipOptions.Limits limits;
  private final @Nullable PeerHints hints;
  private final ArrayDeque<Wanted> waiting = new ArrayDeque<>();
  private int dialling;
  private long connected;
  private long failed;
  private long hinted;
  private long forged;
  private long skipped;

  Connecting(
      RouterLoop loop, Host host, Crypto crypto, Executor threads, NettyGossipOptions options) {
    this.loop = loop;
    this.host = host;
    this.crypto = crypto;
    this.threads = threads;
    this.limits = options.limits();
    this.hints = options.hints().orElse(null);
  }

  Connects counts() {
    return new Connects(connected, failed, hinted, forged, skipped);
  }

  /** {@code peer} is a direct one. */
  void connect(PeerId peer) {
    add(new Wanted(peer, Bytes.EMPTY));
  }

  /** Another peer recommends {@code peer}. */
  void recommended(PeerId peer, Bytes signedRecord) {
    if (hints != null && signedRecord.isEmpty()) {
      skipped++;
    } else {
      add(new Wanted(peer, signedRecord));
    }
  }

  private void add(Wanted wanted) {
    if (waiting.size() >= limits.waitingConnectsMax()) {
      skipped++;
      return;
    }
    waiting.add(wanted);
    next();
  }

  private void next() {
    while (dialling < limits.connectsMax() && !waiting.isEmpty()) {
      Wanted wanted = waiting.remove();
      dialling++;
      if (wanted.signedRecord.isEmpty()) {
        dial(wanted.peer, List.of());
      } else {
        try {
          threads.execute(() -> open(wanted));
        } catch (RejectedExecutionException e) {
          dialling--;
        }
      }
    }
  }

  /** On a crypto thread. */
  private void open(Wanted wanted) {
    try {
      PeerRecord record = PeerRecord.open(crypto, wanted.signedRecord);
      if (!record.peer().equals(wanted.peer)) {
        throw new WireException("record is of %s, not of the peer".formatted(record.peer()));
      }
      loop.submit(() -> genuine(wanted.peer, record.addresses()));
    } catch (WireException e) {
      LOG.debug("{} was recommended with a record that is not its own: {}", wanted.peer, e);
      loop.submit(
          () -> {
            forged++;
            done();
          });
    }
  }

  private void genuine(PeerId peer, List<Multiaddr> addresses) {
    if (hints == null) {
      dial(peer, addresses);
    } else {
      hinted++;
      hints.hint(peer, addresses);
      done();
    }
  }

  private void dial(PeerId peer, List<Multiaddr> addresses) {
    host.connect(peer, addresses)
        .whenComplete(
            (connection, failure) ->
                loop.submit(
                    () -> {
                      if (failure == null) {
                        connected++;
                      } else {
                        failed++;
                        LOG.debug("no connection to {}: {}", peer, failure.getMessage());
                      }
                      done();
                    }));
  }

  private void done() {
    dialling--;
    next();
  }

  void close() {
    waiting.clear();
  }
}
