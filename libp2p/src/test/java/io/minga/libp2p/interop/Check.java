package io.minga.libp2p.interop;

import static io.minga.libp2p.interop.Pair.COMMAND_TIMEOUT;
import static io.minga.libp2p.interop.Pair.settles;
import static io.minga.libp2p.interop.PeerProcess.about;
import static io.minga.libp2p.interop.PeerProcess.withoutPeer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.libp2p.interop.Pair.Side;
import java.time.Duration;

/** What is checked of each pair, in this order: a column of the table. */
enum Check {
  CONNECT("connect", "the dialer connects, and both list the other", false) {
    @Override
    void run(Pair pair, Side asked) {
      pair.connectAnew();
    }
  },
  IDENTIFY(
      "identify",
      "identify tells the other's agent, its protocols, where it listens, and from where it sees"
          + " us",
      true) {
    @Override
    void run(Pair pair, Side asked) {
      PeerProcess self = pair.peer(asked);
      PeerProcess other = pair.peer(asked.other());
      JsonNode said = self.ask("identify", about(other), COMMAND_TIMEOUT);
      assertThat(said.path("agent").asText()).endsWith("/" + pair.library(asked.other()).version());
      assertThat(Pair.texts(said.path("protocols")))
          .contains(
              "/ipfs/id/1.0.0",
              "/ipfs/ping/1.0.0",
              InteropStreams.ECHO,
              InteropStreams.HALF_CLOSE,
              InteropStreams.RESET);
      assertThat(Pair.texts(said.path("listenAddrs")))
          .extracting(PeerProcess::withoutPeer)
          .contains(other.listenAddress());
      String observed = withoutPeer(said.path("observedAddr").asText());
      if (asked == pair.dialer) {
        assertThat(observed).matches("/ip4/127\\.0\\.0\\.1/tcp/[1-9][0-9]*");
      } else {
        assertThat(observed).isEqualTo(self.listenAddress());
      }
    }
  },
  PING("ping", "three pings, one after the other", true) {
    @Override
    void run(Pair pair, Side asked) {
      JsonNode rtts = ask(pair, asked, "ping", "count", 3, COMMAND_TIMEOUT).path("rttsMicros");
      assertThat(rtts).hasSize(3).allMatch(rtt -> rtt.asLong(-1) >= 0);
    }
  },
  ECHO_1_B("1 B", "a byte goes there and comes back", true) {
    @Override
    void run(Pair pair, Side asked) {
      echo(pair, asked, 1);
    }
  },
  ECHO_64_KIB("64 KiB", "64 KiB go there and come back, by their sha256", true) {
    @Override
    void run(Pair pair, Side asked) {
      echo(pair, asked, 64 << 10);
    }
  },
  ECHO_64_MIB("64 MiB", "64 MiB go there and come back on one stream, by their sha256", true) {
    @Override
    void run(Pair pair, Side asked) {
      echo(pair, asked, LARGE_MEBIBYTES << 20);
    }
  },
  PARALLEL("100 at once", "100 streams echo 50,000 bytes each at the same time", true) {
    @Override
    void run(Pair pair, Side asked) {
      parallel(pair, asked, 50_000, COMMAND_TIMEOUT);
    }
  },
  HALF_CLOSE(
      "half close",
      "one closes its side, and the other answers only after it has seen that",
      true) {
    @Override
    void run(Pair pair, Side asked) {
      assertThat(
              ask(pair, asked, "halfclose", "seed", 5, COMMAND_TIMEOUT).path("matches").asBoolean())
          .as("the hash of what was sent before the close came back")
          .isTrue();
    }
  },
  RESET("reset", "the other resets a stream: it ends by a reset, not by its end", true) {
    @Override
    void run(Pair pair, Side asked) {
      assertThat(ask(pair, asked, "reset").path("reset").asBoolean())
          .as("seen as a reset")
          .isTrue();
    }
  },
  ABORT("abort", "one resets its own stream in use, and the other sees a reset", true) {
    @Override
    void run(Pair pair, Side asked) {
      int before = pair.count(asked.other(), "resetsSeen");
      ask(pair, asked, "abort");
      settles(
          () ->
              assertThat(pair.count(asked.other(), "resetsSeen"))
                  .as("resets seen")
                  .isEqualTo(before + 1));
    }
  },
  UNSUPPORTED("refuse", "a stream for a protocol that the other doesn't speak is refused", true) {
    @Override
    void run(Pair pair, Side asked) {
      assertThat(ask(pair, asked, "unsupported").path("refused").asBoolean())
          .as("refused as not supported")
          .isTrue();
    }
  },
  CLOSE(
      "close",
      "the dialer closes the connection: on both sides held streams end and the peer is gone",
      false) {
    @Override
    void run(Pair pair, Side asked) {
      pair.settlesWithoutStreams();
      int ours = pair.count(Side.OURS, "heldEnded");
      int theirs = pair.count(Side.THEIRS, "heldEnded");
      pair.holdFromBoth();
      pair.disconnect();
      pair.settlesWithoutStreams();
      assertThat(pair.count(Side.OURS, "heldEnded")).as("ours that ended").isEqualTo(ours + 1);
      assertThat(pair.count(Side.THEIRS, "heldEnded")).as("theirs").isEqualTo(theirs + 1);
    }
  },
  MANY("300 in turn", "300 streams on one connection, 100 at a time", true) {
    @Override
    void run(Pair pair, Side asked) {
      pair.connectAnew();
      for (int round = 0; round < 3; round++) {
        parallel(pair, asked, 10, MANY_TIMEOUT);
      }
    }
  },
  THEIR_DEATH(
      "their death",
      "their process is killed: we see streams in both directions end by it, and the peer gone",
      false) {
    @Override
    void run(Pair pair, Side asked) {
      death(pair, Side.THEIRS);
    }
  },
  OUR_DEATH(
      "our death",
      "our process is killed: they see streams in both directions end by it, and the peer gone",
      false) {
    @Override
    void run(Pair pair, Side asked) {
      death(pair, Side.OURS);
    }
  };

  static final int LARGE_MEBIBYTES = 64;
  private static final Duration LARGE_TIMEOUT = Duration.ofMinutes(2);

  /** A library that has no more streams never answers; others need under a second. */
  private static final Duration MANY_TIMEOUT = Duration.ofSeconds(8);

  private final String title;
  private final String meaning;
  private final boolean fromBothSides;

  Check(String title, String meaning, boolean fromBothSides) {
    this.title = title;
    this.meaning = meaning;
    this.fromBothSides = fromBothSides;
  }

  /** The head of its column. */
  String title() {
    return title;
  }

  /** What it shows, as half a sentence. */
  String meaning() {
    return meaning;
  }

  /** Whether it is run twice, its command given to our process and then to theirs. */
  boolean fromBothSides() {
    return fromBothSides;
  }

  /**
   * Runs it.
   *
   * @param asked whose process gets the command, if it is one for both
   * @throws AssertionError if it fails
   */
  abstract void run(Pair pair, Side asked);

  private static JsonNode ask(Pair pair, Side asked, String command) {
    return pair.peer(asked).ask(command, about(pair.peer(asked.other())), COMMAND_TIMEOUT);
  }

  private static JsonNode ask(
      Pair pair, Side asked, String command, String field, int value, Duration within) {
    return pair.peer(asked).ask(command, about(pair.peer(asked.other())).put(field, value), within);
  }

  private static void echo(Pair pair, Side asked, int bytes) {
    JsonNode echo =
        pair.peer(asked)
            .ask(
                "echo",
                about(pair.peer(asked.other())).put("bytes", bytes).put("seed", 7),
                LARGE_TIMEOUT);
    assertThat(echo.path("bytesReceived").asLong()).as("bytes that came back").isEqualTo(bytes);
    assertThat(echo.path("sha256Received").asText())
        .as("sha256 of what came back")
        .hasSize(64)
        .isEqualTo(echo.path("sha256Sent").asText());
  }

  private static void parallel(Pair pair, Side asked, int bytes, Duration within) {
    JsonNode echoes =
        pair.peer(asked)
            .ask(
                "parallel",
                about(pair.peer(asked.other()))
                    .put("streams", 100)
                    .put("bytes", bytes)
                    .put("seed", 3),
                within);
    assertThat(echoes.path("matching").asInt()).as("%s", echoes).isEqualTo(100);
  }

  private static void death(Pair pair, Side dying) {
    Side survivor = dying.other();
    pair.connectAnew();
    pair.settlesWithoutStreams();
    int heldEnded = pair.count(survivor, "heldEnded");
    int resetsSeen = pair.count(survivor, "resetsSeen");
    pair.holdFromBoth();
    pair.kill(dying);
    settles(
        () -> {
          assertThat(Pair.connected(pair.peer(survivor))).as("connected peers").isEmpty();
          assertThat(pair.count(survivor, "openStreams")).as("open streams").isZero();
          assertThat(pair.count(survivor, "heldEnded"))
              .as("held streams that ended")
              .isEqualTo(heldEnded + 1);
          assertThat(pair.count(survivor, "resetsSeen"))
              .as("streams that ended by the loss")
              .isEqualTo(resetsSeen + 2);
        });
  }
}
