package dev.berth.controller.rpc;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/// The way in at one port, shut at first. Whoever dials meanwhile waits in the kernel, where it
/// costs nothing: agents that come to a controller which is about to lead would each take a
/// handshake to be sent away again, from the time that it needs to get there.
final class Door implements ChannelFactory<ServerChannel> {
  private final NioServerSocketChannel channel = new NioServerSocketChannel();

  Door() {
    channel.config().setAutoRead(false);
  }

  /// The one channel of the port.
  @Override
  public ServerChannel newChannel() {
    return channel;
  }

  /// Lets in who waits, and everyone from now on.
  void open() {
    channel.config().setAutoRead(true);
  }
}
