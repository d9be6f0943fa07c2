package dev.berth.agent.session;

import dev.berth.agent.driver.ContainerNetworks;
import dev.berth.agent.driver.DriverException;
import dev.berth.v1.Network;
import dev.berth.v1.OpenStream;

/// Answers one question about the networks of the node's containers, or does something with one, on
/// one stream.
final class NetworkPump {
  private final ContainerNetworks networks;
  private final OpenStream request;
  private final AttachedStream stream;

  NetworkPump(ContainerNetworks networks, OpenStream request, AttachedStream stream) {
    this.networks = networks;
    this.request = request;
    this.stream = stream;
  }

  /// Returns when all was sent, or the other end has gone away.
  void run() throws InterruptedException {
    Thread self = Thread.currentThread();
    stream.onEnd(self::interrupt);
    try {
      if (answer()) {
        stream.complete();
      }
    } catch (DriverException e) {
      stream.fail(e);
    }
  }

  /// @return false when the other end has gone away
  private boolean answer() throws DriverException, InterruptedException {
    return switch (request.getRequestCase()) {
      case NETWORK_LIST -> {
        for (Network network : networks.list()) {
          if (!stream.write(network)) {
            yield false;
          }
        }
        yield true;
      }
      case NETWORK_INSPECT ->
          stream.write(networks.inspect(request.getNetworkInspect().getNetwork()));
      case NETWORK_CREATE -> stream.write(networks.create(request.getNetworkCreate().getNetwork()));
      case NETWORK_REMOVE -> stream.write(networks.remove(request.getNetworkRemove().getNetwork()));
      default -> throw new IllegalStateException("not about networks");
    };
  }
}
