package dev.berth.controller.rpc;

import dev.berth.controller.security.ControllerIdentity;
import dev.berth.controller.security.TlsContexts;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/// Connections to other controllers, made when needed and closed when idle. Both sides show their
/// controller's certificate.
final class PeerChannels implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2_000;

  private final SslContext tls;
  private final EventLoopGroup io;
  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

  PeerChannels(ControllerIdentity identity, X509Certificate authority, EventLoopGroup io)
      throws SSLException {
    this.io = io;
    this.tls =
        TlsContexts.build(
            SslContextBuilder.forClient().keyManager(identity).trustManager(authority));
  }

  /// The connection to an address, "host:port".
  ManagedChannel to(String address) {
    return channels.computeIfAbsent(address, this::open);
  }

  private ManagedChannel open(String address) {
    // Messages are handed over on the threads that read them: nothing blocks there.
    return NettyChannelBuilder.forTarget("dns:///" + address)
        .sslContext(tls)
        .eventLoopGroup(io)
        .channelType(NioSocketChannel.class)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .directExecutor()
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .idleTimeout(5, TimeUnit.MINUTES)
        .disableRetry()
        .build();
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
