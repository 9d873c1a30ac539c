package io.minga.simulations.rig.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.simulations.rig.FaultLine;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Handlers that misbehave, callers that want too much, and strangers that dial too much. */
final class Manners {
  private Manners() {}

  static List<Fault> all() {
    return List.of(new BadHandlers(), new Overload(), new Crowd(), new ManyDials());
  }

  /** Each kind of them is called once; its task is to fail, and everybody to go on. */
  private static final class BadHandlers implements Fault {
    private static final List<String> KINDS =
        List.of("rig.throw", "rig.deep", "rig.exit", "rig.hang", "rig.hoard", "rig.flood");
    private static final long TIMEOUT_MILLIS = 2_000;

    @Override
    public FaultLine line() {
      return new FaultLine(
          "handlers",
          "handlers throw, call themselves for ever, exit, hang, allocate without end; a program"
              + " floods its output",
          "the task fails with that reason, the peers live");
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException {
      List<Long> pids = course.site().peers().stream().map(RigPeer::pid).toList();
      for (String function : KINDS) {
        AtomicReference<JsonNode> answer = new AtomicReference<>();
        course
            .peer(0)
            .control()
            .callAll(
                function,
                List.of(0L),
                false,
                function.equals("rig.hang") ? TIMEOUT_MILLIS : 0,
                (index, it) -> answer.set(it));
        JsonNode ended = answer.get();
        String kind = ended == null ? "" : ended.path("failure").path("kind").asText();
        course.note("%s: %s".formatted(function, kind.isEmpty() ? "no failure" : kind));
      }
      course.awaitDone(course.submit(course.peer(0), 30, 50));
      long alive =
          course.site().peers().stream()
              .filter(peer -> peer.isAlive() && pids.contains(peer.pid()))
              .count();
      course.figure("peers that ended", (double) pids.size() - alive, "", 0);
    }
  }

  /** More work than all can do. */
  private static final class Overload implements Fault {
    private static final int SECONDS = 20;
    private static final int TIMES = 3;
    private static final int NAP_MILLIS = 50;

    @Override
    public FaultLine line() {
      return new FaultLine(
          "overload",
          "%d s long %d times as much work as all can do".formatted(SECONDS, TIMES),
          "taken or refused, none lost; normal ≤ 60 s after");
    }

    @Override
    public int secondsMax() {
      return 240;
    }

    @Override
    public void run(Course course) throws InterruptedException {
      int aSecond = course.site().peers().size() * Site.SLOTS * 1_000 / NAP_MILLIS;
      double before = course.callSeconds();
      for (int i = 0; i < SECONDS; i++) {
        long begun = System.nanoTime();
        course.submit(course.peer(i % 2), TIMES * aSecond, NAP_MILLIS);
        course.pass(1 - Course.since(begun));
      }
      long over = System.nanoTime();
      double meanwhile = course.callSeconds();
      course.finishAll();
      course.figure("all done after", Course.since(over), "s", 60);
      course.figure("a call before", before * 1_000, "ms");
      course.figure("a call meanwhile", meanwhile * 1_000, "ms");
      course.figure("a call after", course.callSeconds() * 1_000, "ms");
    }
  }

  /** Callers that ask for more as soon as they are answered, and so are held back by waiting. */
  private static final class Crowd implements Fault {
    private static final int MINUTES = 10;
    private static final int CALLERS = 24;
    private static final int TASKS = 20;
    private static final int NAP_MILLIS = 50;
    private static final double LOOK_SECONDS = 0.02;

    @Override
    public FaultLine line() {
      return new FaultLine(
          "overload-for-ten-minutes",
          "%d min long %d callers ask for %d tasks each, and again when they have them"
              .formatted(MINUTES, CALLERS, TASKS),
          "callers wait, none lost, no slower at last; normal ≤ 60 s after");
    }

    @Override
    public boolean isLong() {
      return true;
    }

    @Override
    public int secondsMax() {
      return (MINUTES + 4) * 60;
    }

    @Override
    public void run(Course course) throws InterruptedException {
      double before = course.callSeconds();
      Thread[] callers = new Thread[CALLERS];
      int[] answered = new int[MINUTES];
      long begun = System.nanoTime();
      for (int minute = 0; minute < MINUTES; minute = (int) (Course.since(begun) / 60)) {
        for (int i = 0; i < CALLERS; i++) {
          if (callers[i] == null || !callers[i].isAlive()) {
            answered[minute] += callers[i] == null ? 0 : 1;
            callers[i] = course.call(course.peer(i % 2), TASKS, NAP_MILLIS);
          }
        }
        course.pass(LOOK_SECONDS);
      }
      long over = System.nanoTime();
      course.join();
      double after = course.callSeconds();
      course.figure("all done after", Course.since(over), "s", 60);
      course.figure("tasks a second in the second minute", answered[1] * TASKS / 60.0, "");
      course.figure("in the last", answered[MINUTES - 1] * TASKS / 60.0, "");
      course.figure("slower", (1 - (double) answered[MINUTES - 1] / answered[1]) * 100, "%", 10);
      course.figure("a call before", before * 1_000, "ms");
      course.figure("a call after", after * 1_000, "ms");
    }
  }

  /** More connections than a peer has descriptors for. */
  private static final class ManyDials implements Fault {
    private static final int DIALS = 1_000;
    private static final int DESCRIPTORS = 500;
    private static final int MILLIS = 2_000;

    @Override
    public FaultLine line() {
      return new FaultLine(
          "dials",
          "%,d connections to a peer with %d descriptors".formatted(DIALS, DESCRIPTORS),
          "the journal keeps its own, work goes on; answers new connections ≤ 5 s after");
    }

    @Override
    public String whyNot(Place place) {
      return place.noCables();
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException, RigException {
      RigPeer dialled = course.peer(0);
      Programs.run("prlimit --pid %d --nofile=%d".formatted(dialled.pid(), DESCRIPTORS));
      List<Socket> dials = new ArrayList<>();
      for (int i = 0; i < DIALS; i++) {
        dial().ifPresent(dials::add);
      }
      course.figure("connections taken by the system", dials.size(), "");
      Course.Taken meanwhile = course.submit(dialled, 20, 50);
      course.figure("jobs refused meanwhile", meanwhile.job() == null ? 1 : 0, "", 0);
      course.pass(5);
      for (Socket dial : dials) {
        dial.close();
      }
      long closed = System.nanoTime();
      boolean isBack = Course.await(course.deadlineNanos(), Manners::answers);
      course.figure("answers again after", isBack ? Course.since(closed) : Double.NaN, "s", 5);
      course.awaitDone(course.submit(dialled, 20, 50));
    }

    private static Optional<Socket> dial() {
      Socket socket = new Socket();
      try {
        socket.connect(Cables.socket(0), MILLIS);
        return Optional.of(socket);
      } catch (IOException e) {
        Relay.reset(socket);
        return Optional.empty();
      }
    }
  }

  /** Whether peer 0 begins to talk to a stranger. */
  private static boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(Cables.socket(0), 2_000);
      socket.setSoTimeout(2_000);
      InputStream in = socket.getInputStream();
      socket
          .getOutputStream()
          .write("\u0013/multistream/1.0.0\n".getBytes(StandardCharsets.US_ASCII));
      return in.read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }
}
