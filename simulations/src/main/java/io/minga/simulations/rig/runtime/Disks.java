package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import io.minga.simulations.rig.History;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Disks of a submitter that fail, are full, or forget. */
final class Disks {
  private static final String CALLS = "pwrite64,fdatasync,fsync";
  private static final int JOBS_MAX = 300;
  private static final long TRACED_NANOS = 20_000_000_000L;

  private Disks() {}

  static List<Fault> all() {
    return List.of(new KillAtWrite(), new FailedSync(), new Full(), new Damaged());
  }

  /**
   * Strikes at a call of a peer about its journal. What is traced is slow, so its start isn't.
   *
   * @return ends with the peer
   */
  private static Process strike(RigPeer peer, String calls, String what)
      throws IOException, RigException {
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-o", "/dev/null"));
    for (String file : List.of("journal.db", "journal.db-wal", "journal.db-mark")) {
      command.addAll(List.of("-P", peer.data().resolve(file).toString()));
    }
    command.addAll(List.of("-e", "trace=" + calls, "-e", "inject=" + calls + ":" + what));
    command.addAll(List.of("-p", String.valueOf(peer.pid())));
    Process tracer =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path status = Path.of("/proc/" + peer.pid(), "status");
    if (!Course.await(System.nanoTime() + TRACED_NANOS, () -> isTraced(status))) {
      tracer.destroyForcibly();
      throw new RigException("strace does not get hold of a peer");
    }
    return tracer;
  }

  private static boolean isTraced(Path status) {
    try (Stream<String> lines = Files.lines(status)) {
      return lines.anyMatch(line -> line.matches("TracerPid:\\s+[1-9].*"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Submits small jobs until the peer is gone. */
  private static int submitUntilGone(Course course, RigPeer at) {
    int taken = 0;
    while (taken < JOBS_MAX && course.isInTime() && course.submit(at, 3, 0).job() != null) {
      taken++;
    }
    return taken;
  }

  /** Killed at a write or a sync of its journal. */
  private static final class KillAtWrite implements Fault {
    private static final int KILLS = 5;
    private static final long STRUCK_NANOS = 2_000_000_000L;

    @Override
    public FaultLine line() {
      return new FaultLine(
          "kill-at-write",
          "SIGKILL of the submitter at a write or sync of its journal, %d times".formatted(KILLS),
          "acknowledged ⊆ recovered; 0 lost, 0 double-effective");
    }

    @Override
    public int secondsMax() {
      return 240;
    }

    @Override
    public String whyNot(Place place) {
      return place.noTrace();
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException, RigException {
      RigPeer peer = course.peer(0);
      course.submit(peer, 3, 0); // so that there is a journal
      int struck = 0;
      int taken = 0;
      for (int i = 0; i < KILLS; i++) {
        int call = 1 + course.random().nextInt(1 << (1 + course.random().nextInt(9)));
        if (!course.restart(peer)) {
          break;
        }
        Process tracer = strike(peer, CALLS, "signal=SIGKILL:when=" + call);
        taken += submitUntilGone(course, peer);
        struck += peer.awaitExit(System.nanoTime() + STRUCK_NANOS) < 0 ? 0 : 1;
        peer.kill();
        tracer.destroyForcibly();
      }
      course.restart(peer);
      course.figure("struck", struck, "");
      course.figure("jobs acknowledged between", taken, "");
      course.figure("ready after", peer.upSeconds(), "s", 5);
    }
  }

  /** A sync that fails, and all that follow. */
  private static final class FailedSync implements Fault {
    @Override
    public FaultLine line() {
      return new FaultLine(
          "sync-fails",
          "a sync of the submitter's journal fails with EIO",
          "acknowledges nothing more, exits with 1, recovers on restart; 0 lost");
    }

    @Override
    public String whyNot(Place place) {
      return place.noTrace();
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException, RigException {
      RigPeer peer = course.peer(0);
      course.submit(peer, 3, 0);
      int call = 1 + course.random().nextInt(40);
      Process tracer = strike(peer, "fdatasync,fsync", "error=EIO:when=%d+".formatted(call));
      int taken = submitUntilGone(course, peer);
      long asked = System.nanoTime();
      int exit = peer.awaitExit(Math.min(course.deadlineNanos(), asked + 20_000_000_000L));
      course.figure("jobs acknowledged before", taken, "");
      course.figure("exit code is not 1", exit == 1 ? 0 : 1, "", 0);
      course.note("says: " + peer.lastErrors());
      course.restart(peer);
      tracer.destroyForcibly();
      course.figure("ready after", peer.upSeconds(), "s", 5);
    }
  }

  /** A disk that fills up, and has room again. */
  private static final class Full implements Fault {
    private static final int FILL_BYTES = 64 << 10;
    private static final long CALLS_MILLIS = 30_000;

    @Override
    public FaultLine line() {
      return new FaultLine(
          "disk-full",
          "the disk of the submitter's data directory is full",
          "refuses durable work, goes on serving, resumes ≤ 10 s after there is space");
    }

    @Override
    public String whyNot(Place place) {
      return place.noMounts();
    }

    @Override
    public void run(Course course)
        throws IOException, InterruptedException, RigException, Control.RefusedException {
      RigPeer peer = course.peer(0);
      course.submit(peer, 3, 0);
      peer.kill();
      Path kept = peer.data().resolveSibling("kept-" + System.nanoTime());
      Programs.run("cp -a %s %s".formatted(peer.data(), kept));
      Programs.run("mount -t tmpfs -o size=24m,mode=700 tmpfs " + peer.data());
      Programs.run("cp -a %s/. %s".formatted(kept, peer.data()));
      course.restart(peer);
      course.submit(peer, 3, 0); // so that the journal is open, with its library
      fill(peer.data().resolve("filler"));
      int refused = 0;
      int taken = 0;
      for (int i = 0; i < 60 && refused < 3; i++) {
        Course.Taken job = course.submit(peer, 200, 0);
        refused += job.job() == null ? 1 : 0;
        taken += job.job() == null ? 0 : 1;
      }
      long tasksBefore = course.runs().size();
      course.call(peer, 20, 10).join(CALLS_MILLIS);
      course.figure("jobs taken in what was left", taken, "");
      course.figure("did not refuse when full", refused == 0 ? 1 : 0, "", 0);
      course.figure("calls run meanwhile", (double) course.runs().size() - tasksBefore, "");
      Files.delete(peer.data().resolve("filler"));
      long freed = System.nanoTime();
      boolean isBack =
          Course.await(course.deadlineNanos(), () -> course.submit(peer, 3, 0).job() != null);
      course.figure("takes work again after", isBack ? Course.since(freed) : Double.NaN, "s", 10);
      course.figure("did not live", peer.isAlive() ? 0 : 1, "", 0);
      course.finishAll();
      peer.kill();
      Path after = peer.data().resolveSibling("after-" + System.nanoTime());
      Programs.run("cp -a %s %s".formatted(peer.data(), after));
      Programs.run("umount " + peer.data());
      Programs.run("rm -rf " + peer.data());
      Programs.run("cp -a %s %s".formatted(after, peer.data()));
    }

    private static void fill(Path filler) throws IOException {
      byte[] bytes = new byte[FILL_BYTES];
      try (OutputStream out = Files.newOutputStream(filler)) {
        for (int i = 0; i < 10_000; i++) {
          out.write(bytes);
        }
      } catch (IOException e) {
        if (Files.size(filler) == 0) {
          throw e;
        }
      }
    }
  }

  /** Bytes of a journal that change while its peer is dead. */
  private static final class Damaged implements Fault {
    @Override
    public FaultLine line() {
      return new FaultLine(
          "damage",
          "bytes of a dead submitter's journal change, or its end is gone",
          "detected or harmless; set aside, and what can be read goes on");
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException {
      RigPeer peer = course.peer(0);
      course.allow(new History.Rules(false, true));
      for (int i = 0; i < 10; i++) {
        course.submit(peer, 30, 5);
      }
      peer.kill();
      course.note(damage(peer.data(), course.random()));
      boolean isUp = course.restart(peer);
      boolean isSaid = isUp && !peer.troubles().isEmpty();
      course.note(isUp ? isSaid ? "it was said" : "it was harmless" : "the peer did not start");
      course.figure("ready after", peer.upSeconds(), "s");
    }

    private static String damage(Path data, SplittableRandom random) throws IOException {
      Path file = data.resolve(random.nextBoolean() ? "journal.db-wal" : "journal.db");
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        long length = bytes.length();
        if (length == 0 || random.nextInt(3) == 0) {
          bytes.setLength(length == 0 ? 0 : random.nextLong(length));
          return "%s was cut from %d to %d B".formatted(file.getFileName(), length, bytes.length());
        }
        int count = 1 + random.nextInt(16);
        for (int i = 0; i < count; i++) {
          long at = random.nextLong(length);
          bytes.seek(at);
          int was = bytes.read();
          bytes.seek(at);
          bytes.write(was ^ (1 + random.nextInt(255)));
        }
        return "%d bytes of %d of %s changed".formatted(count, length, file.getFileName());
      }
    }
  }
}
