package dev.berth.bench.fleet;

import dev.berth.client.ControllerAddress;
import dev.berth.controller.security.TlsContexts;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/// A connection for each agent, all served by a few threads.
final class Connections implements AutoCloseable {
  /// An odd number: each channel takes two turns in the group, and shall not get the same always.
  private static final int IO_THREADS = 3;
  private static final int CONNECT_MILLIS = 10_000;

  private final ControllerAddress controller;
  private final EventLoopGroup io =
      new NioEventLoopGroup(
          IO_THREADS, Thread.ofPlatform().daemon().name("fleet-io-", 0).factory());

  Connections(ControllerAddress controller) {
    this.controller = controller;
  }

  /// What a node shows, and whom it trusts.
  static SslContext tls(NodeIdentity identity, RememberedTrust trust) {
    try {
      return TlsContexts.build(
          SslContextBuilder.forClient()
              .keyManager(new NodeKeys(identity.credentials()))
              .trustManager(trust));
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A new connection; it is made with its first call.
  ManagedChannel open(SslContext tls) {
    return NettyChannelBuilder.forAddress(controller.host(), controller.port())
        .sslContext(tls)
        .eventLoopGroup(io)
        .channelType(NioSocketChannel.class)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        // Agents never block, so messages are handled on the threads that read them.
        .directExecutor()
        .offloadExecutor(Runnable::run)
        .disableRetry()
        .build();
  }

  @Override
  public void close() {
    io.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
