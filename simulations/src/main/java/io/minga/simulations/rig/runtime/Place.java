package io.minga.simulations.rig.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this machine lets a rig do.
 *
 * @param cables between the peers' namespaces; empty if peers share the loopback interface
 * @param minga the command that is {@code minga}
 * @param noCables why there are none; empty if there are
 * @param noTrace why system calls can't be failed; empty if they can
 * @param noMounts why small disks can't be made; empty if they can
 */
record Place(
    Optional<Cables> cables, List<String> minga, String noCables, String noTrace, String noMounts) {
  private static final String INSIDE = "rig.inside";

  /**
   * How a command is run where it may do as it likes: in namespaces of its own, for networks,
   * mounts and processes, which end with it. Empty if that is not allowed here.
   */
  static Optional<List<String>> apart() throws InterruptedException {
    for (String flags : List.of("-mnpf", "-rmnpf")) {
      List<String> unshare = List.of("unshare", flags, "--mount-proc", "--kill-child");
      List<String> probe = new ArrayList<>(unshare);
      probe.addAll(List.of("ip", "link", "set", "lo", "up"));
      if (Programs.failure(probe).isEmpty()) {
        return Optional.of(unshare);
      }
    }
    return Optional.empty();
  }

  /** The property that tells a command that it is run so. */
  static String inside() {
    return "-D" + INSIDE + "=true";
  }

  static boolean isInside() {
    return Boolean.getBoolean(INSIDE);
  }

  /** Looks around, and lays cables to so many peers if that can be. */
  static Place look(List<String> minga, int peers) throws InterruptedException {
    Optional<Cables> cables = Optional.empty();
    String noCables = "no network namespaces can be made here (unshare)";
    if (isInside()) {
      try {
        cables = Optional.of(new Cables(peers));
        noCables = "";
      } catch (RigException e) {
        noCables = String.valueOf(e.getMessage());
      }
    }
    return new Place(
        cables,
        minga,
        noCables,
        Programs.failure(List.of("strace", "-f", "-qq", "-o", "/dev/null", "true"))
            .map(why -> "strace may not trace here: " + why)
            .orElse(""),
        isInside() ? "" : "no mounts can be made here (unshare)");
  }
}
