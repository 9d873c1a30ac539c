package io.minga.libp2p.netty;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.minga.libp2p.discovery.Dnsaddr;
import io.minga.libp2p.discovery.Resolution;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multiformats.Multiaddr.Component;
import io.minga.libp2p.multiformats.Protocol;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names by DNS. TXT records, which the system's resolver does not give, come by Netty's; IP
 * addresses by the system's own, which also knows its hosts file and whatever else is configured,
 * and which blocks, so it has threads of its own.
 */
final class DnsNames implements NameResolver {
  private static final int ANSWERS_MAX = 64;
  private static final int THREADS_MAX = 4;
  private static final int WAITING_MAX = 256;
  private static final long THREAD_IDLE_SECONDS = 5;

  private final EventLoop loop;
  private final Supplier<DnsNameResolverBuilder> txt;
  private final ThreadPoolExecutor threads;
  private @Nullable DnsNameResolver txtResolver;

  /**
   * @param servers where to ask for TXT records
   */
  DnsNames(EventLoops loops, EventLoop loop, Supplier<DnsServerAddressStreamProvider> servers) {
    this.loop = loop;
    this.txt =
        () ->
            new DnsNameResolverBuilder(loop)
                .datagramChannelType(loops.datagramChannel())
                .socketChannelType(loops.socketChannel())
                .nameServerProvider(servers.get());
    this.threads =
        new ThreadPoolExecutor(
            THREADS_MAX,
            THREADS_MAX,
            THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            new DefaultThreadFactory("minga-names", true));
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public CompletableFuture<Resolution> resolve(Multiaddr address) {
    CompletableFuture<Resolution> result = new CompletableFuture<>();
    String name = address.dnsName().orElseThrow();
    try {
      if (address.components().get(0).protocol() == Protocol.DNSADDR) {
        loop.execute(() -> askForTexts(name, result));
      } else {
        threads.execute(() -> result.complete(addresses(name, address)));
      }
    } catch (RejectedExecutionException e) {
      result.complete(new Resolution.Failed("too many names are being looked up"));
    }
    return result;
  }

  private void askForTexts(String name, CompletableFuture<Resolution> result) {
    DnsNameResolver resolver = txtResolver;
    if (resolver == null) {
      resolver = txt.get().build();
      txtResolver = resolver;
    }
    String queryName = Dnsaddr.queryName(name);
    try {
      resolver
          .resolveAll(new DefaultDnsQuestion(queryName, DnsRecordType.TXT))
          .addListener(
              done -> {
                if (done.isSuccess()) {
                  @SuppressWarnings("unchecked")
                  List<DnsRecord> records = (List<DnsRecord>) done.getNow();
                  result.complete(
                      new Resolution.Found(Dnsaddr.addresses(texts(records), ANSWERS_MAX)));
                } else {
                  result.complete(
                      new Resolution.Failed(
                          "no TXT record of %s: %s".formatted(queryName, clause(done.cause()))));
                }
              });
    } catch (IllegalArgumentException e) { // no such name can be asked for
      result.complete(new Resolution.Failed(queryName + " is no name: " + e.getMessage()));
    }
  }

  /** The texts of TXT records, each its strings in a row; releases the records. */
  private static List<String> texts(List<DnsRecord> records) {
    List<String> texts = new ArrayList<>();
    for (DnsRecord record : records) {
      if (record instanceof DnsRawRecord raw && record.type().equals(DnsRecordType.TXT)) {
        texts.add(text(raw.content()));
      }
      ReferenceCountUtil.release(record);
    }
    return texts;
  }

  private static String text(ByteBuf content) {
    StringBuilder text = new StringBuilder();
    while (content.isReadable()) {
      int length = Math.min(content.readUnsignedByte(), content.readableBytes());
      text.append(content.readCharSequence(length, UTF_8));
    }
    return text.toString();
  }

  private static Resolution addresses(String name, Multiaddr address) {
    Protocol kind = address.components().get(0).protocol();
    try {
      List<Multiaddr> found = new ArrayList<>();
      for (InetAddress ip : InetAddress.getAllByName(name)) {
        IpAddress bytes = new IpAddress(Bytes.copyOf(ip.getAddress()));
        Protocol protocol = bytes.bitLength() == 32 ? Protocol.IP4 : Protocol.IP6;
        boolean wanted =
            kind == Protocol.DNS || (kind == Protocol.DNS4) == (protocol == Protocol.IP4);
        if (wanted && found.size() < ANSWERS_MAX) {
          List<Component> components = new ArrayList<>(address.components());
          components.set(0, new Component(protocol, bytes.bytes()));
          found.add(Multiaddr.of(components));
        }
      }
      return found.isEmpty()
          ? new Resolution.Failed(
              name + " has no " + (kind == Protocol.DNS4 ? "IPv4" : "IPv6") + " address")
          : new Resolution.Found(found);
    } catch (UnknownHostException e) {
      return new Resolution.Failed("the name " + name + " does not resolve");
    }
  }

  private static String clause(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DnsNameResolverTimeoutException) {
        return "the name server does not answer";
      }
    }
    return failure instanceof UnknownHostException
        ? "there is no such name"
        : String.valueOf(failure == null ? null : failure.getMessage());
  }

  @Override
  public void close() {
    threads.shutdownNow();
    loop.execute(
        () -> {
          DnsNameResolver resolver = txtResolver;
          if (resolver != null) {
            resolver.close();
          }
        });
  }
}
