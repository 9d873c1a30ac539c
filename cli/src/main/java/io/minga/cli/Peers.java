package io.minga.cli;

import io.minga.cli.control.Daemon;
import java.nio.file.Path;
import java.util.Optional;

/** Where commands get a peer from. */
interface Peers {
  /** The one that runs with this data directory, if one does. */
  Optional<Daemon> running(Path data) throws Failure;

  /** One of the command's own, which leaves when it is closed. */
  Daemon forTheMoment(NetworkOptions network) throws Failure;
}
