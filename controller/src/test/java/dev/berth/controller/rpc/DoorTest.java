package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DoorTest {
  private final EventLoopGroup one = new NioEventLoopGroup(1);
  private final Semaphore atTheDoor = new Semaphore(0);
  private final Semaphore elsewhere = new Semaphore(0);

  @AfterEach
  void stop() {
    one.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void whoDialsBeforeItOpensWaitsAndIsLetInThen() throws Exception {
    Door door = new Door();
    Channel shut = bind(new ServerBootstrap().channelFactory(door), atTheDoor);
    Channel open = bind(new ServerBootstrap().channel(NioServerSocketChannel.class), elsewhere);
    try (Socket _ = dial(shut);
        Socket _ = dial(open)) {
      // One thread serves both: when it has let in the later one, it has passed over the first.
      assertTrue(elsewhere.tryAcquire(RpcHarness.LIMIT.toSeconds(), TimeUnit.SECONDS));
      assertEquals(0, atTheDoor.availablePermits());
      door.open();
      assertTrue(atTheDoor.tryAcquire(RpcHarness.LIMIT.toSeconds(), TimeUnit.SECONDS));
    }
    try (Socket _ = dial(shut)) {
      assertTrue(atTheDoor.tryAcquire(RpcHarness.LIMIT.toSeconds(), TimeUnit.SECONDS));
    }
  }

  private Channel bind(ServerBootstrap server, Semaphore letIn) {
    return server
        .group(one)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                letIn.release();
              }
            })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .syncUninterruptibly()
        .channel();
  }

  private static Socket dial(Channel server) throws IOException {
    InetSocketAddress address = (InetSocketAddress) server.localAddress();
    return new Socket(address.getAddress(), address.getPort());
  }
}
