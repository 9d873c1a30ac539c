package io.minga.libp2p.tls.netty;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** The two libraries that can speak TLS 1.3 for us. */
public enum TlsLibrary {
  /** BoringSSL through netty-tcnative: where its native library loads, and faster. */
  BORINGSSL(SslProvider.OPENSSL_REFCNT),
  /** The JDK's own: everywhere. */
  JDK(SslProvider.JDK);

  private final SslProvider provider;

  TlsLibrary(SslProvider provider) {
    this.provider = provider;
  }

  /** The faster of those that work here. */
  public static TlsLibrary best() {
    return SslProvider.isTlsv13Supported(BORINGSSL.provider) ? BORINGSSL : JDK;
  }

  /** The library and its version, for the log. */
  public String description() {
    return this == BORINGSSL
        ? OpenSsl.versionString() + " (netty-tcnative)"
        : "JDK " + Runtime.version();
  }

  SslProvider provider() {
    return provider;
  }
}
