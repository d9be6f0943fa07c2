package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.spec.ContainerNetworkRules;
import dev.berth.v1.Network;
import dev.berth.v1.NetworkSubnet;

/// A network of the daemon, as the API speaks of it.
final class NetworkMessage {
  private static final int SUBNETS_MAX = 100;

  private NetworkMessage() {}

  static Network of(JsonNode network, ContainerUsers.Now users) {
    String name = DaemonJson.text(network, "Name");
    Network.Builder message =
        Network.newBuilder()
            .setName(name)
            .setId(DaemonJson.text(network, "Id"))
            .setDriver(DaemonJson.text(network, "Driver"))
            .setScope(DaemonJson.text(network, "Scope"))
            .setInternal(network.path("Internal").asBoolean())
            .setAttachable(network.path("Attachable").asBoolean())
            .setIpv6(network.path("EnableIPv6").asBoolean())
            .setBuiltin(ContainerNetworkRules.BUILTIN.contains(name))
            .putAllLabels(DaemonJson.pairs(network.path("Labels")))
            .putAllOptions(DaemonJson.pairs(network.path("Options")))
            .addAllUsers(users.of(name));
    for (JsonNode config : network.path("IPAM").path("Config")) {
      if (message.getSubnetsCount() < SUBNETS_MAX) {
        message.addSubnets(
            NetworkSubnet.newBuilder()
                .setSubnet(DaemonJson.text(config, "Subnet"))
                .setGateway(DaemonJson.text(config, "Gateway"))
                .setIpRange(DaemonJson.text(config, "IPRange")));
      }
    }
    VolumeMessage.time(DaemonJson.text(network, "Created")).ifPresent(message::setCreateTime);
    return message.build();
  }
}
