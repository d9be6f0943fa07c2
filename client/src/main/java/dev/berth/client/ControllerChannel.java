package dev.berth.client;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A connection to the controllers over TLS 1.3. Dials the first address that answers and moves to
/// the next when that one fails; the certificate is always checked against the address dialled.
///
/// Safe for use by several threads. There is no plaintext mode.
public final class ControllerChannel implements AutoCloseable {
  private static final int INBOUND_MAX = 64 << 20;
  // What may be on its way to a person: gRPC's own 64 KiB cost an answer for each 32 KiB. Agents
  // keep those, since they have many streams.
  private static final int WINDOW_BYTES = 1 << 20;
  // Only while a call waits and nothing is heard. Controllers allow one every 5 s.
  private static final int KEEP_ALIVE_SECONDS = 6;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 4;

  private final Channel channel;
  private final Supplier<List<ManagedChannel>> connections;
  private final Runnable closing;

  private ControllerChannel(
      Channel channel, Supplier<List<ManagedChannel>> connections, Runnable closing) {
    this.channel = channel;
    this.connections = connections;
    this.closing = closing;
  }

  private ControllerChannel(ManagedChannel channel) {
    this(channel, () -> List.of(channel), channel::shutdownNow);
  }

  /// Opens a channel that survives a change of the leader: calls that do no harm when they are made
  /// twice (reads, and changes with a request id or an etag) are repeated for up to 15 s while no
  /// controller can serve them, at another controller if there is one.
  ///
  /// @param addresses of all controllers; the first one that answers is used
  /// @param identities as for [#open(List, Supplier)]
  /// @param notices told what people may want to know
  public static ControllerChannel openPatiently(
      List<ControllerAddress> addresses,
      Supplier<TlsIdentity> identities,
      ConnectionNotices notices) {
    RenewingContexts contexts = new RenewingContexts(identities);
    List<ControllerAddress> all = List.copyOf(addresses);
    FailoverChannel channel =
        new FailoverChannel(
            all,
            first -> {
              List<ControllerAddress> order = new ArrayList<>(all);
              Collections.rotate(order, -first);
              return builder(order, contexts).flowControlWindow(WINDOW_BYTES).build();
            },
            notices);
    return new ControllerChannel(channel, channel::opened, channel::close);
  }

  /// Opens a channel with client certificates; connects on the first call.
  ///
  /// @param addresses tried in this order; not empty
  /// @param identities asked at each new connection; answering another object than before renews
  ///     the credentials, while connections that are open go on
  public static ControllerChannel open(
      List<ControllerAddress> addresses, Supplier<TlsIdentity> identities) {
    return open(addresses, new RenewingContexts(identities), null);
  }

  /// As [#open(List, Supplier)], with callbacks run by an executor of the caller's.
  ///
  /// @param executor runs callbacks of calls; `Runnable::run` for callers that only block
  public static ControllerChannel open(
      List<ControllerAddress> addresses, Supplier<TlsIdentity> identities, Executor executor) {
    return open(addresses, new RenewingContexts(identities), executor);
  }

  /// Opens a channel to the join port, where the caller has no certificate yet. The handshake
  /// fails, and so nothing is sent, unless the server's chain ends in the CA with this digest.
  ///
  /// @param addresses tried in this order; not empty
  /// @param authorityDigest SHA-256 of the CA's certificate (DER), 64 lower-case hexadecimal digits
  public static ControllerChannel openForJoining(
      List<ControllerAddress> addresses, String authorityDigest) {
    try {
      SSLContext context = TlsContexts.anonymous(new PinnedAuthority(authorityDigest));
      return open(addresses, () -> context, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS 1.3", e);
    }
  }

  /// What stubs are made of.
  public Channel channel() {
    return channel;
  }

  /// Leaves the wait between two attempts to connect and tries at once.
  public void reconnect() {
    connections.get().forEach(ManagedChannel::resetConnectBackoff);
  }

  /// Ends all calls and closes the connection, without waiting.
  @Override
  public void close() {
    closing.run();
  }

  /// As [#close], and waits until the connection is closed, though not for long. A process that
  /// exits at once afterwards needs this: the JVM waits 300 ms for a thread that still reads.
  ///
  /// @param limit longest wait
  public void close(Duration limit) {
    close();
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      for (ManagedChannel each : connections.get()) {
        var _ = each.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ControllerChannel open(
      List<ControllerAddress> addresses,
      TlsSocketFactory.Contexts contexts,
      @Nullable Executor executor) {
    OkHttpChannelBuilder builder = builder(addresses, contexts);
    if (executor != null) {
      builder.executor(executor);
    }
    return new ControllerChannel(builder.build());
  }

  private static OkHttpChannelBuilder builder(
      List<ControllerAddress> addresses, TlsSocketFactory.Contexts contexts) {
    TlsSocketFactory sockets = new TlsSocketFactory(contexts);
    return OkHttpChannelBuilder.forTarget(StaticResolverProvider.target(addresses))
        .sslSocketFactory(sockets)
        .socketFactory(new PromptSocketFactory())
        .tlsConnectionSpec(new String[] {"TLSv1.3"}, sockets.getDefaultCipherSuites())
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .proxyDetector(_ -> null)
        // All that an agent is to run comes as one message, with files that are to be placed.
        .maxInboundMessageSize(INBOUND_MAX)
        .disableRetry();
  }
}
