package io.minga.node.runtime;

import io.minga.libp2p.Connection;
import io.minga.libp2p.ConnectionListener;
import io.minga.libp2p.Frames;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.Input;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import io.netty.util.concurrent.EventExecutor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work streams with all peers that we are connected with: one that we opened and one that the
 * peer opened. The core knows a peer as connected while both are there; when one ends, so does the
 * other, and both are opened anew as long as there is a connection.
 *
 * <p>Belongs to the loop, but for what comes from the host. It holds no more than the host has
 * connections.
 */
final class WorkLinks implements ConnectionListener {
  private static final Logger LOG = LoggerFactory.getLogger(WorkLinks.class);
  private static final long REOPEN_MILLIS = 200;
  private static final List<String> PROTOCOLS = List.of(WorkFrame.PROTOCOL);

  private final Host host;
  private final TaskLimits limits;
  private final NodeLoop loop;
  private final EventExecutor executor;
  private final Map<PeerId, Link> links = new LinkedHashMap<>();
  private final Set<WorkWriter> written = new LinkedHashSet<>();
  private @Nullable WorkWriter lastWritten;
  private boolean closed;

  WorkLinks(Host host, TaskLimits limits, NodeLoop loop, EventExecutor executor) {
    this.host = host;
    this.limits = limits;
    this.loop = loop;
    this.executor = executor;
  }

  /** What there is with one peer. */
  private static final class Link {
    final PeerId peer;
    final Set<Connection> connections = new LinkedHashSet<>();
    @Nullable WorkWriter writer;
    @Nullable WorkReader reader;
    boolean opening;
    boolean unsupported;
    boolean up;

    Link(PeerId peer) {
      this.peer = peer;
    }
  }

  /** Begins to answer peers, and to talk to those that are connected. */
  void start() {
    host.handle(WorkFrame.PROTOCOL, this::accept);
    host.onConnection(this);
    host.connections().forEach(this::connected);
  }

  // From the host, on the loops of connections.

  @Override
  public void connected(Connection connection) {
    loop.submit(now -> added(connection));
  }

  @Override
  public void disconnected(Connection connection, String reason) {
    loop.submit(now -> removed(now, connection));
  }

  private StreamHandler accept(Stream stream) {
    WorkReader reader = new WorkReader(stream, limits, loop, this);
    loop.submit(now -> accepted(now, stream.connection().peer(), reader));
    return Frames.reading(limits.workFrameBytesMax(), reader);
  }

  // On the loop.

  private void added(Connection connection) {
    Link link = links.computeIfAbsent(connection.peer(), Link::new);
    if (connection.isOpen() && link.connections.add(connection)) {
      link.unsupported = false;
      open(link);
    } else if (link.connections.isEmpty()) {
      links.remove(link.peer);
    }
  }

  private void removed(long now, Connection connection) {
    Link link = links.get(connection.peer());
    if (link != null && link.connections.remove(connection) && link.connections.isEmpty()) {
      down(now, link);
      links.remove(link.peer);
    }
  }

  private void open(Link link) {
    if (closed || link.opening || link.writer != null || link.unsupported) {
      return;
    }
    link.opening = true;
    host.newStream(
            link.peer,
            PROTOCOLS,
            stream -> {
              WorkWriter writer = new WorkWriter(stream, loop, this);
              loop.submit(now -> opened(now, link, writer));
              return writer;
            })
        .whenComplete(
            (stream, failure) -> {
              if (failure != null) {
                loop.submit(now -> notOpened(link, failure));
              }
            });
  }

  private void opened(long now, Link link, WorkWriter writer) {
    link.opening = false;
    if (closed || links.get(link.peer) != link || link.writer != null) {
      writer.end();
      return;
    }
    link.writer = writer;
    reconsider(now, link);
  }

  private void notOpened(Link link, Throwable failure) {
    link.opening = false;
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof HostException e && e.kind() == HostException.Kind.PROTOCOL_UNSUPPORTED) {
      link.unsupported = true; // until it connects anew
    } else {
      LOG.debug("no work stream to {}: {}", link.peer, cause.toString());
      reopenLater(link);
    }
  }

  private void reopenLater(Link link) {
    executor.schedule(
        () ->
            loop.submit(
                now -> {
                  if (links.get(link.peer) == link) {
                    open(link);
                  }
                }),
        REOPEN_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void accepted(long now, PeerId peer, WorkReader reader) {
    Link link = links.get(peer);
    if (link == null) { // its connection is told of in a moment, or is gone
      link = new Link(peer);
      links.put(peer, link);
      link.connections.add(reader.stream().connection());
      open(link);
    }
    WorkReader before = link.reader;
    link.reader = reader;
    if (before != null) {
      before.stream().reset();
      tell(now, link, false);
    }
    reconsider(now, link);
  }

  void ended(long now, WorkWriter writer) {
    Link link = links.get(writer.stream().connection().peer());
    if (link != null && link.writer == writer) {
      down(now, link);
      reopenLater(link);
    }
    writer.end();
  }

  void ended(long now, WorkReader reader) {
    Link link = links.get(reader.stream().connection().peer());
    if (link != null && link.reader == reader) {
      down(now, link);
      reopenLater(link);
    }
  }

  boolean isCurrent(WorkReader reader) {
    Link link = links.get(reader.stream().connection().peer());
    return link != null && link.reader == reader;
  }

  private void down(long now, Link link) {
    WorkWriter writer = link.writer;
    WorkReader reader = link.reader;
    link.writer = null;
    link.reader = null;
    if (writer != null) {
      writer.end();
    }
    if (reader != null) {
      reader.stream().reset();
    }
    reconsider(now, link);
  }

  private void reconsider(long now, Link link) {
    tell(now, link, link.writer != null && link.reader != null);
  }

  private void tell(long now, Link link, boolean up) {
    if (link.up != up) {
      link.up = up;
      loop.handle(now, up ? new Input.Connected(link.peer) : new Input.Disconnected(link.peer));
    }
  }

  /** Sends a frame, or drops it if there is no stream. */
  void send(PeerId to, Bytes frame) {
    Link link = links.get(to);
    WorkWriter writer = link == null ? null : link.writer;
    if (writer == null) {
      return;
    }
    if (!writer.add(frame)) {
      LOG.debug("{} does not read what it is sent; its stream is reset", to);
      writer.stream().reset();
    }
    if (writer != lastWritten) {
      lastWritten = writer;
      written.add(writer);
    }
  }

  /** Lets go what was sent in this turn. */
  void flush() {
    if (lastWritten != null) {
      written.forEach(WorkWriter::flush);
      written.clear();
      lastWritten = null;
    }
  }

  /** Ends what there is with a peer that did what it must not. */
  void punish(PeerId peer, String why) {
    LOG.debug("{} is disconnected: {}", peer, why);
    Link link = links.get(peer);
    if (link != null) {
      List.copyOf(link.connections).forEach(Connection::close);
    }
  }

  /** Connects, once, there or wherever else it is known to be; the host tells what comes of it. */
  void connect(PeerId peer, List<Multiaddr> addresses) {
    host.connect(peer, addresses)
        .whenComplete(
            (connection, failure) -> {
              if (failure != null) {
                LOG.debug("{} is not to be reached: {}", peer, failure.toString());
              }
            });
  }

  void close() {
    closed = true;
    host.unhandle(WorkFrame.PROTOCOL);
    for (Link link : links.values()) {
      if (link.writer != null) {
        link.writer.flush();
        link.writer.stream().closeWrite();
      }
    }
  }
}
