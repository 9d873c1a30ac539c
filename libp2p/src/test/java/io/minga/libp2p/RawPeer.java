package io.minga.libp2p;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.noise.NoiseHandshake;
import io.minga.libp2p.noise.NoiseIdentity;
import io.minga.libp2p.noise.NoiseOptions;
import io.minga.libp2p.noise.NoiseTransport;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A peer by hand, over a plain blocking socket: it does each step of a connection when told to, and
 * what it likes instead. Every read fails the test after a while.
 */
final class RawPeer implements AutoCloseable {
  static final Crypto CRYPTO = CryptoProviders.best();
  static final Entropy ENTROPY = new SystemEntropy();
  static final String MULTISTREAM = "/multistream/1.0.0";
  static final String YAMUX = "/yamux/1.0.0";

  static final int DATA = 0;
  static final int WINDOW_UPDATE = 1;
  static final int PING = 2;
  static final int GO_AWAY = 3;
  static final int SYN = 1;
  static final int ACK = 2;
  static final int FIN = 4;
  static final int RST = 8;
  static final int WINDOW_BYTES = 256 << 10;

  /** What the system keeps for a peer that does not read, so that the host soon feels it. */
  private static final int RECEIVE_BUFFER_BYTES = 128 << 10;

  private static final int TIMEOUT_MILLIS = 20_000;

  /** Writes what is to come slowly, so that no test has to wait between two bytes. */
  private static final ScheduledExecutorService DRIPS =
      Executors.newScheduledThreadPool(
          1,
          task -> {
            Thread thread = new Thread(task, "drips");
            thread.setDaemon(true);
            return thread;
          });

  /** A frame of yamux. */
  record Frame(int type, int flags, int streamId, int length, Bytes payload) {}

  private final PrivateKey key;
  private final Socket socket;
  private final InputStream in;
  private DataInputStream plain;
  private @Nullable NoiseTransport transport;

  private RawPeer(PrivateKey key, Socket socket) throws IOException {
    this.key = key;
    this.socket = socket;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = socket.getInputStream();
    this.plain = new DataInputStream(in);
  }

  /** Connects a socket to {@code host}, and says nothing. */
  static RawPeer dial(Host host) throws IOException {
    return dial(host, PrivateKey.generate(CRYPTO, ENTROPY));
  }

  /** The same as a certain peer. */
  static RawPeer dial(Host host, PrivateKey key) throws IOException {
    Multiaddr address = host.listenAddresses().get(0);
    InetAddress ip = address.ip().orElseThrow();
    Socket socket = new Socket();
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    socket.connect(new InetSocketAddress(ip, address.tcpPort().orElseThrow()), TIMEOUT_MILLIS);
    return new RawPeer(key, socket);
  }

  /** Connects and goes through the handshake, so that yamux is next. */
  static RawPeer connect(Host host) throws IOException {
    return dial(host).secure();
  }

  /** The side that listens, on a socket that it accepted. */
  static RawPeer of(Socket socket) throws IOException {
    return new RawPeer(PrivateKey.generate(CRYPTO, ENTROPY), socket);
  }

  PeerId id() {
    return PeerId.of(key.publicKey());
  }

  PrivateKey key() {
    return key;
  }

  Socket socket() {
    return socket;
  }

  // Bytes.

  /** Writes {@code bytes} as they are. */
  RawPeer write(byte... bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** The same, however soon the host has had enough of it. */
  RawPeer writeAll(byte... bytes) {
    tryWrite(bytes);
    return this;
  }

  /** Writes {@code bytes} one by one, each some time after the other, and returns at once. */
  void dribble(long everyMillis, byte... bytes) {
    long at = 0;
    for (byte next : bytes) {
      at += everyMillis;
      DRIPS.schedule(() -> tryWrite(next), at, TimeUnit.MILLISECONDS);
    }
  }

  /** The same with each byte in a frame of Noise. */
  void dribbleSealed(long everyMillis, byte... bytes) {
    long at = 0;
    for (byte next : bytes) {
      at += everyMillis;
      DRIPS.schedule(() -> tryWrite(seal(new byte[] {next})), at, TimeUnit.MILLISECONDS);
    }
  }

  private void tryWrite(byte... bytes) {
    try {
      write(bytes);
    } catch (IOException e) {
      // The host has had enough, which is what the test waits for on the reading side.
    }
  }

  /** Reads until the host ends the connection, and returns how many bytes came before that. */
  int awaitEnd() throws IOException {
    byte[] buffer = new byte[1 << 16];
    int total = 0;
    try {
      for (int count; (count = in.read(buffer)) >= 0; ) {
        total += count;
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the host did not end the connection", e);
    } catch (IOException e) {
      // Reset: bytes of ours were still on their way.
    }
    return total;
  }

  /** Reads and forgets whatever comes from now on, in a thread of its own; completes at the end. */
  CompletableFuture<Long> drain() {
    CompletableFuture<Long> ended = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                ended.complete((long) awaitEnd());
              } catch (IOException | RuntimeException | Error e) {
                ended.completeExceptionally(e);
              }
            },
            "drain");
    thread.setDaemon(true);
    thread.start();
    return ended;
  }

  // multistream-select.

  static byte[] message(String text) {
    byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] length = Uvarint.encode(line.length).toByteArray();
    return concat(length, line);
  }

  /** Says that it speaks multistream-select and wants {@code protocol}, and hears the echo. */
  RawPeer negotiate(String protocol) throws IOException {
    write(concat(message(MULTISTREAM), message(protocol)));
    expect(MULTISTREAM);
    expect(protocol);
    return this;
  }

  private void expect(String message) throws IOException {
    String heard = hear();
    if (!heard.equals(message)) {
      throw new AssertionError("the host says " + heard + " instead of " + message);
    }
  }

  /** The next message of multistream-select, which is shorter than 128 bytes. */
  String hear() throws IOException {
    byte[] line = new byte[plain.readUnsignedByte()];
    plain.readFully(line);
    return new String(line, 0, line.length - 1, StandardCharsets.UTF_8);
  }

  // Noise.

  /** Goes through the Noise handshake, with early muxer negotiation. */
  RawPeer secure() throws IOException {
    return negotiate("/noise").noise(CRYPTO, List.of(YAMUX));
  }

  /** The handshake alone, signing with {@code crypto} and naming {@code muxers}. */
  RawPeer noise(Crypto crypto, List<String> muxers) throws IOException {
    NoiseIdentity identity = NoiseIdentity.create(crypto, ENTROPY, key, muxers);
    return run(NoiseHandshake.initiator(CRYPTO, ENTROPY, identity, null, NoiseOptions.DEFAULT));
  }

  /** The same on the side that listens. */
  RawPeer answerNoise(Crypto crypto) throws IOException {
    NoiseIdentity identity = NoiseIdentity.create(crypto, ENTROPY, key, List.of(YAMUX));
    return run(NoiseHandshake.responder(CRYPTO, ENTROPY, identity, NoiseOptions.DEFAULT));
  }

  private RawPeer run(NoiseHandshake handshake) throws IOException {
    perform(handshake, new NoiseHandshake.Input.Opened());
    while (!handshake.isFinished()) {
      byte[] frame = readFrame();
      perform(handshake, new NoiseHandshake.Input.Received(ByteBuffer.wrap(frame)));
    }
    plain = new DataInputStream(new Opened());
    return this;
  }

  private void perform(NoiseHandshake handshake, NoiseHandshake.Input input) throws IOException {
    try {
      for (NoiseHandshake.Effect effect : handshake.handle(System.nanoTime(), input)) {
        if (effect instanceof NoiseHandshake.Effect.Write written) {
          write(written.bytes().toByteArray());
        } else if (effect instanceof NoiseHandshake.Effect.Established established) {
          transport = established.transport();
        } else {
          throw new AssertionError("the handshake ended with " + effect);
        }
      }
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  /** A frame of Noise with its length. */
  private byte[] readFrame() throws IOException {
    DataInputStream frames = new DataInputStream(in);
    byte[] message = new byte[frames.readUnsignedShort()];
    frames.readFully(message);
    return ByteBuffer.allocate(2 + message.length)
        .putShort((short) message.length)
        .put(message)
        .array();
  }

  private NoiseTransport transport() {
    if (transport == null) {
      throw new AssertionError("not secured yet");
    }
    return transport;
  }

  /** What the host sent, decrypted. */
  private final class Opened extends InputStream {
    private ByteBuffer left = ByteBuffer.allocate(0);

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      while (!left.hasRemaining()) {
        ByteBuffer message = ByteBuffer.wrap(readFrame()).position(2);
        try {
          transport().open(message);
        } catch (WireException e) {
          throw new AssertionError(e);
        }
        left = message;
      }
      int count = Math.min(length, left.remaining());
      left.get(bytes, offset, count);
      return count;
    }
  }

  private synchronized byte[] seal(byte... plaintext) {
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    for (int at = 0; at < plaintext.length; at += NoiseTransport.PLAINTEXT_BYTES_MAX) {
      int length = Math.min(NoiseTransport.PLAINTEXT_BYTES_MAX, plaintext.length - at);
      ByteBuffer frame = ByteBuffer.allocate(length + NoiseTransport.FRAME_OVERHEAD);
      transport().seal(ByteBuffer.wrap(plaintext, at, length), frame);
      sealed.writeBytes(frame.array());
    }
    return sealed.toByteArray();
  }

  /** Encrypts and writes. */
  RawPeer send(byte[]... plaintext) throws IOException {
    return write(seal(concat(plaintext)));
  }

  /** The same after a while; returns at once. */
  void sendLater(long millis, byte[] plaintext) {
    DRIPS.schedule(() -> sendAll(plaintext), millis, TimeUnit.MILLISECONDS);
  }

  /** The same, however soon the host has had enough of it. */
  void sendAll(byte[]... plaintext) {
    tryWrite(seal(concat(plaintext)));
  }

  // yamux.

  static byte[] header(int type, int flags, int streamId, int length) {
    return ByteBuffer.allocate(12)
        .put((byte) 0)
        .put((byte) type)
        .putShort((short) flags)
        .putInt(streamId)
        .putInt(length)
        .array();
  }

  static byte[] data(int flags, int streamId, byte... payload) {
    return concat(header(DATA, flags, streamId, payload.length), payload);
  }

  /** A frame that opens {@code streamId} and asks for {@code protocol}. */
  static byte[] open(int streamId, String protocol) {
    return data(SYN, streamId, concat(message(MULTISTREAM), message(protocol)));
  }

  /** The next frame. */
  Frame read() throws IOException {
    plain.readUnsignedByte();
    int type = plain.readUnsignedByte();
    int flags = plain.readUnsignedShort();
    int streamId = plain.readInt();
    int length = plain.readInt();
    byte[] payload = new byte[type == DATA ? length : 0];
    plain.readFully(payload);
    return new Frame(type, flags, streamId, length, Bytes.copyOf(payload));
  }

  /** The next frame for {@code streamId}; pings meanwhile are answered, and others forgotten. */
  Frame read(int streamId) throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.type == PING && (frame.flags & SYN) != 0) {
        send(header(PING, ACK, 0, frame.length));
      } else if (frame.streamId == streamId) {
        return frame;
      }
    }
  }

  /** Reads, answering pings, until a frame comes that is {@code wanted}. */
  void awaitFrame(Predicate<Frame> wanted) throws IOException {
    Frame frame;
    do {
      frame = read();
      if (frame.type == PING && (frame.flags & SYN) != 0) {
        send(header(PING, ACK, 0, frame.length));
      }
    } while (!wanted.test(frame));
  }

  /** The code of the GOAWAY that comes, whatever else comes before it. */
  int awaitGoAway() throws IOException {
    Frame frame;
    do {
      frame = read();
    } while (frame.type != GO_AWAY);
    return frame.length;
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Ends the connection with a reset instead of a goodbye. */
  void abort() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
