package io.minga.cli.control;

import java.time.Duration;

/**
 * What a control channel allows.
 *
 * @param clientsMax how many clients are served at once
 * @param lineBytesMax how long a line may be, without its end
 * @param requestBytes how much of long requests of all clients may be here, read in part or not
 *     served yet
 * @param requestsMax how many requests of one client may be without a whole answer; the next is
 *     read when there are fewer
 * @param answerBytes how much of answers is held for a client that doesn't read, roughly
 * @param stall how long a client that waits for nothing may do nothing before it gives way to
 *     another, when there are as many as may be
 */
record ControlOptions(
    int clientsMax,
    int lineBytesMax,
    long requestBytes,
    int requestsMax,
    long answerBytes,
    Duration stall) {
  static final ControlOptions DEFAULT =
      new ControlOptions(32, 96 << 20, 256 << 20, 4096, 64 << 20, Duration.ofSeconds(10));

  ControlOptions {
    if (clientsMax < 1
        || lineBytesMax < 1
        || requestBytes < 1
        || requestsMax < 1
        || answerBytes < 1) {
      throw new IllegalArgumentException("a limit of the control channel is below 1");
    }
  }
}
