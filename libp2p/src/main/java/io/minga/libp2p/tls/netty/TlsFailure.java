package io.minga.libp2p.tls.netty;

import io.minga.libp2p.wire.WireException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Puts what a TLS library throws into one sentence. A library's own texts differ between libraries
 * and versions, and one of them quotes all that was received.
 */
final class TlsFailure {
  private static final int LIBRARY_TEXT_LENGTH_MAX = 200;

  /**
   * How the JDK and BoringSSL report an alert: {@code …alert: bad_certificate}, {@code …ALERT_…}.
   */
  private static final Pattern ALERT =
      Pattern.compile("(?:Received fatal alert: |_ALERT_|TLSV1_)([A-Za-z0-9_]+)");

  private TlsFailure() {}

  /**
   * A {@link WireException} for what the peer did wrong or refused, an {@link IOException} for a
   * connection that ended; other throwables as they are.
   */
  static Throwable translate(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof DecoderException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof NotSslRecordException) {
      return new WireException("peer sent bytes that are no TLS record");
    }
    if (cause instanceof SslHandshakeTimeoutException) {
      return new IOException("peer did not finish the TLS handshake in time");
    }
    if (cause instanceof ClosedChannelException) {
      return new IOException("connection was closed during the TLS handshake");
    }
    if (cause instanceof SSLException) {
      return new WireException(describe(String.valueOf(cause.getMessage())));
    }
    return cause;
  }

  private static String describe(String text) {
    Matcher alert = ALERT.matcher(text);
    if (alert.find()) {
      String name = alert.group(1).toLowerCase(Locale.ROOT);
      return name.contains("certificate")
          ? "peer refused our certificate (TLS alert " + name + ")"
          : "peer ended TLS with the alert " + name;
    }
    String printable = text.replaceAll("[^ -~]", "?");
    return "TLS failed: "
        + printable.substring(0, Math.min(printable.length(), LIBRARY_TEXT_LENGTH_MAX));
  }
}
