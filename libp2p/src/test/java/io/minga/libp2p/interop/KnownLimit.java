package io.minga.libp2p.interop;

import io.minga.libp2p.interop.Pair.Side;
import java.util.Optional;

/**
 * What a library can't do, as interop/README.md explains: a check that has to fail in this very
 * way. One that passes is a limit that is no more, and fails the test.
 *
 * @param asked whose process is given the command that fails
 * @param failure part of what the failing check says
 * @param reason for the reader of the table
 */
record KnownLimit(Library library, Check check, Side asked, String failure, String reason) {
  private static final KnownLimit[] ALL = {
    new KnownLimit(
        Library.PY,
        Check.MANY,
        Side.THEIRS,
        "gave no answer to parallel",
        "py-libp2p opens at most 256 streams on a connection in its life: opening one takes a slot"
            + " of 256, and only an opening that failed gives it back"),
  };

  static Optional<KnownLimit> of(Library library, Check check, Side asked) {
    for (KnownLimit limit : ALL) {
      if (limit.library == library && limit.check == check && limit.asked == asked) {
        return Optional.of(limit);
      }
    }
    return Optional.empty();
  }
}
