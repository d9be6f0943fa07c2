package dev.berth.agent;

import dev.berth.agent.session.Dialler;
import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.client.TlsIdentity;
import io.grpc.Channel;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Dials controllers over TLS, with the agent's certificate of the moment.
final class TlsDialler implements Dialler {
  private final Supplier<TlsIdentity> identity;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

  TlsDialler(Supplier<TlsIdentity> identity) {
    this.identity = identity;
  }

  @Override
  public Connection dial(ControllerAddress address) {
    ControllerChannel channel = ControllerChannel.open(List.of(address), identity, calls);
    return new Connection() {
      @Override
      public Channel channel() {
        return channel.channel();
      }

      @Override
      public void close() {
        channel.close();
      }
    };
  }
}
