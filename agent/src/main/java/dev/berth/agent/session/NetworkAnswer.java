package dev.berth.agent.session;

import dev.berth.agent.driver.ContainerNetworks;
import dev.berth.agent.driver.DriverException;
import dev.berth.v1.Network;
import dev.berth.v1.OpenStream;

/// Answers one question about the networks of the node's containers, or does something with one, on
/// one stream.
final class NetworkAnswer implements AnswerPump.Answer {
  private final ContainerNetworks networks;
  private final OpenStream request;
  private final AttachedStream stream;

  NetworkAnswer(ContainerNetworks networks, OpenStream request, AttachedStream stream) {
    this.networks = networks;
    this.request = request;
    this.stream = stream;
  }

  @Override
  public boolean give() throws DriverException, InterruptedException {
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
