package io.minga.gossip.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minga.gossip.PublishResult.Published;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.interop.TheirPeer.Received;
import io.minga.gossip.message.Author;
import io.minga.gossip.netty.RawGossip;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.interop.Library;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.runtime.SystemEntropy;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Random;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Our peers and theirs that a test starts, which are closed after it, and what they do together.
 */
final class Gathering implements AfterEachCallback {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  TheirPeer theirs(Library library, String... options) {
    assumePresent(library);
    return opened(TheirPeer.start(library, options));
  }

  static void assumePresent(Library library) {
    if ("true".equals(System.getenv("CI"))) {
      assertThat(library.executable()).as(library.variable()).isPresent();
    }
    assumeTrue(library.executable().isPresent(), library.variable() + " names no peer");
  }

  <T extends AutoCloseable> T opened(T peer) {
    open.push(peer);
    return peer;
  }

  /** Has {@code raw} connected and subscribed. */
  static RawGossip.Voice speakTo(TheirPeer theirs, RawGossip raw) {
    RawGossip.Voice voice = raw.open(Multiaddr.parse(theirs.address())).subscribe(OurPeer.TOPIC);
    settles(() -> assertThat(theirs.subscribers()).contains(raw.id().toString()));
    return voice;
  }

  static Author author() {
    Crypto crypto = CryptoProviders.best();
    return new Author(crypto, PrivateKey.generate(crypto, new SystemEntropy()), 1);
  }

  static void connect(OurPeer ours, TheirPeer theirs, boolean weDial) {
    if (weDial) {
      ours.connect(theirs.address());
    } else {
      theirs.connect(ours.address());
    }
    settles(() -> assertThat(ours.subscribers()).contains(theirs.id()));
    settles(() -> assertThat(theirs.subscribers()).contains(ours.id()));
  }

  static void meshOf(OurPeer ours, TheirPeer theirs) {
    settles(() -> assertThat(ours.mesh()).contains(theirs.id()));
    settles(() -> assertThat(theirs.mesh()).contains(ours.id()));
  }

  /** A message of {@code bytes} each way, told by sha256 and author. */
  static void exchange(OurPeer ours, TheirPeer theirs, int bytes) {
    byte[] data = data(bytes, bytes);
    assertThat(ours.publish(data)).isInstanceOf(Published.class);
    heard(theirs, ours, data);

    String sha256 = theirs.publish(bytes, bytes);
    settles(() -> assertThat(ours.received).extracting(Gathering::sha256).contains(sha256));
    ReceivedMessage message = ours.received.get(ours.received.size() - 1);
    assertThat(message.data().length()).isEqualTo(bytes);
    assertThat(message.author()).hasToString(theirs.id());
    assertThat(message.receivedFrom()).hasToString(theirs.id());
  }

  static void heard(TheirPeer theirs, OurPeer author, byte[] data) {
    settles(
        () ->
            assertThat(theirs.received())
                .anySatisfy(
                    it ->
                        assertThat(it)
                            .returns(sha256(data), Received::sha256)
                            .returns(data.length, Received::bytes)
                            .returns(author.id(), Received::from)));
  }

  static byte[] data(int bytes, int seed) {
    byte[] data = new byte[bytes];
    new Random(seed).nextBytes(data);
    return data;
  }

  static String sha256(ReceivedMessage message) {
    return sha256(message.data().toByteArray());
  }

  static String sha256(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static void settles(ThrowingRunnable assertion) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(assertion);
  }
}
