package io.minga.libp2p;

import static io.minga.libp2p.RawPeer.DATA;
import static io.minga.libp2p.RawPeer.FIN;
import static io.minga.libp2p.RawPeer.concat;
import static io.minga.libp2p.RawPeer.data;
import static io.minga.libp2p.RawPeer.header;
import static io.minga.libp2p.RawPeer.open;
import static io.minga.libp2p.Soon.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.limits.Scope;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Many attackers at once, that break no rule but mean to leave nothing for others. */
final class FloodTest extends AttackedHost {
  private static final String SINK = "/test/sink/1.0.0";

  /** As many as the event loops of a small machine: the attackers take processor time too. */
  private static final int ATTACKERS = 2;

  private static final int DIALS = 500;

  /** So many that a median isn't one of a JVM that has just begun to compile. */
  private static final int STREAMS = 20_000;

  private interface Attack {
    void run(int attacker) throws Exception;
  }

  /** Runs {@code attack} once in each of a few threads, to the end. */
  private static void attack(Attack attack) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(ATTACKERS);
    try {
      List<Callable<Boolean>> runs = new ArrayList<>();
      for (int i = 0; i < ATTACKERS; i++) {
        int attacker = i;
        runs.add(
            () -> {
              attack.run(attacker);
              return true;
            });
      }
      for (Future<Boolean> run : threads.invokeAll(runs)) {
        run.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void manyDials_thatGoThroughTheHandshake_leaveNothing() throws Exception {
    attack(
        attacker -> {
          for (int i = 0; i < DIALS; i++) {
            RawPeer peer = RawPeer.connect(host);
            if (i % 2 == 0) {
              peer.abort();
            } else {
              peer.close();
            }
          }
        });

    await().until(() -> heard.ended.size() + heard.refused.size() == ATTACKERS * DIALS);
    assertThat(heard.ended).hasSizeGreaterThan(900);
  }

  @Test
  void manyDials_thatSayNothing_areRefused() throws Exception {
    attack(
        attacker -> {
          for (int i = 0; i < DIALS; i++) {
            try (RawPeer peer = RawPeer.dial(host)) {
              peer.write((byte) 19);
            } catch (IOException e) {
              // Refused by a limit before it could say so little.
            }
          }
        });

    await().until(() -> heard.refused.size() == ATTACKERS * DIALS);
  }

  @Test
  void connectionsOfManyPeers_areHeldUpToALimit_andRoomComesBack() throws Exception {
    int limit = limits().system().connectionsInbound();
    List<RawPeer> attackers = new ArrayList<>();
    try {
      for (int i = 1; i < limit; i++) { // the friend has one
        attackers.add(RawPeer.connect(host));
      }
      await().until(() -> books.use(new Scope.Host()).connectionsInbound() == limit);
      try (RawPeer tooMany = RawPeer.dial(host)) {
        tooMany.awaitEnd();
      }

      assertThat(heard.awaitRefused())
          .hasMessage(limit + " inbound connections of this host are the limit")
          .extracting(HostException::kind)
          .isEqualTo(Kind.REFUSED);
    } finally {
      for (RawPeer attacker : attackers) {
        attacker.close();
      }
    }
    await().until(() -> books.use(new Scope.Host()).connectionsInbound() == 1);
    try (RawPeer late = RawPeer.connect(host)) {
      assertThat(heard.awaitConnected(late.id()).isOpen()).isTrue();
    }
  }

  @Test
  void streamsByTheThousand_otherPeersAreServed() throws Exception {
    attack(
        attacker -> {
          try (RawPeer peer = RawPeer.connect(host)) {
            peer.drain();
            for (int id = 1; id < 2 * STREAMS; id += 2) {
              peer.sendAll(open(id, ECHO), data(FIN, id, (byte) 1));
            }
          }
        });

    await().until(() -> heard.ended.size() == ATTACKERS);
  }

  @Test
  void dataAsFastAsItGoes_arrivesAndOtherPeersAreServed() throws Exception {
    AtomicLong received = new AtomicLong();
    host.handle(SINK, stream -> new Sink(received));
    int mebibytes = 48;
    attack(
        attacker -> {
          try (RawPeer peer = RawPeer.connect(host)) {
            // Each stream takes its window; nobody has to read what the host says of it.
            for (int i = 0; i < mebibytes * 4; i++) {
              int id = 2 * i + 1;
              peer.send(open(id, SINK), data(FIN, id, new byte[200_000]));
            }
            peer.awaitFrame(frame -> frame.streamId() == 2 * (mebibytes * 4 - 1) + 1);
          }
        });

    await().until(() -> received.get() == 4L * ATTACKERS * mebibytes * 200_000);
  }

  @Test
  void dataByteByByte_arrivesAndOtherPeersAreServed() throws Exception {
    AtomicLong received = new AtomicLong();
    host.handle(SINK, stream -> new Sink(received));
    byte[] one = data(0, 1, (byte) 1);
    byte[] empty = header(DATA, 0, 1, 0);
    byte[][] frames = new byte[10_000][];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = concat(one, empty);
    }
    byte[] batch = concat(frames);
    attack(
        attacker -> {
          try (RawPeer peer = RawPeer.connect(host)) {
            peer.send(open(1, SINK));
            for (int i = 0; i < 20; i++) {
              peer.send(batch);
            }
            peer.send(data(FIN, 1));
            peer.awaitFrame(frame -> frame.streamId() == 1 && (frame.flags() & FIN) != 0);
          }
        });

    assertThat(received.get()).isEqualTo(ATTACKERS * 20L * frames.length);
  }

  private record Sink(AtomicLong received) implements StreamHandler {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      received.addAndGet(bytes.readableBytes());
      bytes.release();
    }
  }
}
