package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.Lane;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** One connection that a relay carries, by two threads for each direction. */
final class Carried {
  private static final int PIECE_BYTES = 16 << 10;

  /** How many pieces may be on the way in one direction; more wait in the sender's socket. */
  private static final int PIECES_MAX = 256;

  private final Relay.Way way;
  private final Socket in;
  private final Socket out;
  private final AtomicInteger open = new AtomicInteger(2);

  /** Bytes that arrive at a time; none if it is the end. */
  private record Piece(ByteBuffer bytes, long arrivesNanos) {
    boolean isEnd() {
      return bytes.limit() == 0;
    }
  }

  Carried(Relay.Way way, Socket in, Socket out) {
    this.way = way;
    this.in = in;
    this.out = out;
  }

  void carry(Lane lane, Relay relay) {
    carry(lane, relay, way, in, out);
  }

  void carryBack(Lane lane, Relay relay) {
    carry(lane, relay, way.back(), out, in);
  }

  private void carry(Lane lane, Relay relay, Relay.Way way, Socket from, Socket to) {
    BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES_MAX);
    Relay.start(() -> read(lane, relay, way, from, pieces), "relay-read");
    Relay.start(() -> write(relay, to, pieces), "relay-write");
  }

  private static Piece end() {
    return new Piece(ByteBuffer.allocate(0), 0);
  }

  private void read(
      Lane lane, Relay relay, Relay.Way way, Socket from, BlockingQueue<Piece> pieces) {
    byte[] buffer = new byte[PIECE_BYTES];
    try {
      InputStream stream = from.getInputStream();
      for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
        int passing = lane.passes(read);
        long arrives = lane.arrivesNanos(System.nanoTime(), passing, relay.at(way));
        if (passing > 0) {
          pieces.put(new Piece(ByteBuffer.wrap(Arrays.copyOf(buffer, passing)), arrives));
        }
        if (passing < read) {
          reset();
        }
      }
      pieces.put(end());
    } catch (IOException e) {
      reset();
      pieces.clear();
      pieces.offer(end());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does
    }
  }

  private void write(Relay relay, Socket to, BlockingQueue<Piece> pieces) {
    try {
      OutputStream stream = to.getOutputStream();
      for (Piece piece = pieces.take(); !piece.isEnd(); piece = pieces.take()) {
        for (long left = piece.arrivesNanos() - System.nanoTime();
            left > 0;
            left = piece.arrivesNanos() - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        stream.write(piece.bytes().array());
      }
      to.shutdownOutput();
    } catch (IOException e) {
      reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does
    } finally {
      pieces.clear(); // a reader that waits for room goes on, and finds its socket closed
      if (open.decrementAndGet() == 0) {
        reset();
        relay.ended(this);
      }
    }
  }

  /** Ends it at both ends, at once. */
  void reset() {
    Relay.reset(in);
    Relay.reset(out);
  }
}
