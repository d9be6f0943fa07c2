package dev.berth.agent.driver.docker;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateNetworkCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Network.Ipam;
import dev.berth.agent.driver.ContainerNetworks;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Owner;
import dev.berth.v1.Network;
import dev.berth.v1.NetworkSpec;
import dev.berth.v1.NetworkSubnet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The networks of a Docker daemon.
final class DaemonNetworks implements ContainerNetworks {
  private static final Duration CHANGE_LIMIT = Duration.ofMinutes(1);

  private final DockerApi api;
  private final ContainerUsers users;
  private final DaemonJson json;

  DaemonNetworks(DockerApi api, Owner owner) {
    this.api = api;
    users = new ContainerUsers(api, owner);
    json = new DaemonJson(api);
  }

  @Override
  public List<Network> list() throws DriverException {
    ContainerUsers.Now now = users.ofNetworks();
    List<Network> listed = new ArrayList<>();
    for (JsonNode each : json.get("/networks").orElse(MissingNode.getInstance())) {
      listed.add(NetworkMessage.of(each, now));
    }
    listed.sort(Comparator.comparing(Network::getName).thenComparing(Network::getId));
    return listed;
  }

  @Override
  public Network inspect(String name) throws DriverException {
    return NetworkMessage.of(look(name), users.ofNetworks());
  }

  /// Whether containers can join a network of this name.
  ///
  /// @throws DriverException with the reason [#MISSING], or when the daemon cannot be asked
  void require(String name) throws DriverException {
    var _ = look(name);
  }

  private JsonNode look(String name) throws DriverException {
    return json.get("/networks/" + name).orElseThrow(() -> missing(name, null));
  }

  /// The failure of a start whose container is there, and whose network is not any more.
  ///
  /// @return empty: it failed of something else
  Optional<DriverException> lost(NotFoundException refusal) {
    String words = Refusals.words(refusal);
    return words.startsWith("network ") || words.contains("could not find a network")
        ? Optional.of(
            DriverException.permanent(
                MISSING, words + "; 'berth network ls' lists those there are", refusal))
        : Optional.empty();
  }

  @Override
  public Network create(NetworkSpec wanted) throws DriverException {
    try {
      var _ =
          api.call(
              "create network", CHANGE_LIMIT, client -> requireNonNull(request(client, wanted)));
    } catch (ConflictException e) {
      throw exists(wanted, e);
    } catch (DockerException e) {
      if (Refusals.words(e).contains("already exists")) {
        throw exists(wanted, e);
      }
      throw DriverException.permanent(
          "NetworkRefused", "network " + wanted.getName() + ": " + Refusals.words(e), e);
    }
    return inspect(wanted.getName());
  }

  private static DriverException exists(NetworkSpec wanted, DockerException e) {
    return DriverException.permanent(
        EXISTS, "network " + wanted.getName() + ": this node has one of this name", e);
  }

  private static String request(DockerClient client, NetworkSpec wanted) {
    CreateNetworkCmd create =
        client
            .createNetworkCmd()
            .withName(wanted.getName())
            .withDriver(wanted.getDriver().isEmpty() ? "bridge" : wanted.getDriver())
            .withOptions(wanted.getOptionsMap())
            .withLabels(wanted.getLabelsMap())
            .withInternal(wanted.getInternal())
            .withAttachable(wanted.getAttachable())
            .withEnableIpv6(wanted.getIpv6())
            .withCheckDuplicate(true);
    if (wanted.getSubnetsCount() > 0 || !wanted.getIpamDriver().isEmpty()) {
      create.withIpam(ipam(wanted));
    }
    return create.exec().getId();
  }

  private static Ipam ipam(NetworkSpec wanted) {
    List<Ipam.Config> configs = new ArrayList<>();
    for (NetworkSubnet subnet : wanted.getSubnetsList()) {
      Ipam.Config config = new Ipam.Config().withSubnet(subnet.getSubnet());
      if (!subnet.getGateway().isEmpty()) {
        config.withGateway(subnet.getGateway());
      }
      if (!subnet.getIpRange().isEmpty()) {
        config.withIpRange(subnet.getIpRange());
      }
      configs.add(config);
    }
    return new Ipam()
        .withDriver(wanted.getIpamDriver().isEmpty() ? "default" : wanted.getIpamDriver())
        .withConfig(configs);
  }

  @Override
  public Network remove(String name) throws DriverException {
    Network was = inspect(name);
    if (was.getUsersCount() > 0) {
      // The daemon would let it go while they stand still, and could not start them again.
      throw inUse(was, null);
    }
    try {
      var _ =
          api.call(
              "remove network",
              CHANGE_LIMIT,
              client -> Optional.ofNullable(client.removeNetworkCmd(was.getId()).exec()));
    } catch (NotFoundException e) {
      throw missing(name, e);
    } catch (DockerException e) {
      throw Refusals.words(e).contains("active endpoints")
          ? inUse(was, e)
          : DriverException.permanent(
              "NetworkFailed", "network " + name + ": " + Refusals.words(e), e);
    }
    return was;
  }

  private DriverException inUse(Network network, @Nullable DockerException e)
      throws DriverException {
    return DriverException.permanent(
        "NetworkInUse",
        "network "
            + network.getName()
            + ": "
            + users.ofNetworks().words(network.getName())
            + "; remove what has it first",
        e);
  }

  private static DriverException missing(String name, @Nullable DockerException e) {
    return DriverException.permanent(
        MISSING,
        "network "
            + name
            + ": this node has none; 'berth network ls' lists those there are, 'berth network"
            + " create "
            + name
            + "' makes it",
        e);
  }
}
