package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.UpdateContainerCmd;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Owner;
import dev.berth.spec.ContainerNetworkRules;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Turns an assigned instance into docker's words.
///
/// The program is process 1 of its container, as with `docker run`: no init process is put before
/// it, since that would need one on every host and would change what signals do.
final class ContainerRequest {
  private static final long NANOS_PER_MILLI_CPU = 1_000_000L;
  private static final Map<String, String> LOG_LIMITS = Map.of("max-size", "10m", "max-file", "3");

  private ContainerRequest() {}

  /// The name of an instance's container. It is unique by the instance's id, and so makes creating
  /// it idempotent.
  static String name(AssignedInstance instance) {
    String id = instance.getInstanceId();
    return "berth-"
        + instance.getWorkload()
        + "."
        + Integer.toUnsignedString(instance.getSlot())
        + "-"
        + id.substring(0, Math.min(8, id.length()));
  }

  static CreateContainerCmd create(
      DockerClient client, Owner owner, AssignedInstance instance, HostConfig hostConfig) {
    ContainerSpec spec = instance.getSpec().getContainer();
    CreateContainerCmd create =
        client
            .createContainerCmd(spec.getImage())
            .withName(name(instance))
            .withLabels(Labels.of(owner, instance))
            .withHostName(hostname(instance))
            .withHostConfig(hostConfig);
    if (spec.getCommandCount() > 0) {
      create.withCmd(spec.getCommandList());
    }
    if (spec.getEntrypointCount() > 0) {
      create.withEntrypoint(spec.getEntrypointList());
    }
    if (spec.getEnvCount() > 0) {
      List<String> env = new ArrayList<>();
      spec.getEnvMap().forEach((key, value) -> env.add(key + "=" + value));
      create.withEnv(env);
    }
    if (!spec.getWorkingDir().isEmpty()) {
      create.withWorkingDir(spec.getWorkingDir());
    }
    if (!spec.getUser().isEmpty()) {
      create.withUser(spec.getUser());
    }
    if (spec.getStdin()) {
      create.withStdinOpen(true).withStdInOnce(spec.getStdinOnce());
    }
    if (spec.getTty()) {
      create.withTty(true);
    }
    if (instance.getSpec().hasStopGrace()) {
      create.withStopTimeout((int) Math.min(3600, instance.getSpec().getStopGrace().getSeconds()));
    }
    if (ContainerNetworkRules.isMade(spec.getNetwork())) {
      // Others on it find it by these names.
      create.withAliases(
          instance.getWorkload(),
          instance.getWorkload() + "-" + Integer.toUnsignedString(instance.getSlot()));
    }
    if (instance.getPortsCount() > 0) {
      create.withExposedPorts(
          instance.getPortsList().stream().map(ContainerRequest::exposed).distinct().toList());
    }
    return create;
  }

  /// Writes a request with all its parts to nowhere, for the classes that this loads.
  static byte[] warmUp(DockerClient client, Owner owner) {
    AssignedInstance instance = AssignedInstance.newBuilder().setInstanceId("0").build();
    HostConfig config =
        HostConfig.newHostConfig()
            .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, LOG_LIMITS))
            .withMounts(List.of(new Mount().withType(MountType.VOLUME).withSource("v")))
            .withPortBindings(new PortBinding(Ports.Binding.bindPort(1), ExposedPort.tcp(1)));
    try {
      return DaemonConfig.MAPPER.writeValueAsBytes(create(client, owner, instance, config));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("docker's own request cannot be written", e);
    }
  }

  /// What the host gives to the container.
  ///
  /// @throws DriverException permanent, for a mount that is refused
  static HostConfig hostConfig(AssignedInstance instance, HostPathPolicy policy)
      throws DriverException {
    HostConfig config =
        HostConfig.newHostConfig()
            .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, LOG_LIMITS));
    Resources resources = instance.getSpec().getResources();
    if (resources.getCpuMillis() > 0) {
      config.withNanoCPUs(resources.getCpuMillis() * NANOS_PER_MILLI_CPU);
    }
    if (resources.getMemoryBytes() > 0) {
      // without the second, docker would add as much swap again
      config.withMemory(resources.getMemoryBytes()).withMemorySwap(resources.getMemoryBytes());
    }
    if (!instance.getSpec().getContainer().getNetwork().isEmpty()) {
      config.withNetworkMode(instance.getSpec().getContainer().getNetwork());
    }
    if (instance.getSpec().getContainer().getReadOnly()) {
      config.withReadonlyRootfs(true);
    }
    if (instance.getPortsCount() > 0) {
      List<PortBinding> bindings = new ArrayList<>();
      for (dev.berth.v1.PortBinding port : instance.getPortsList()) {
        Ports.Binding host =
            port.getHostAddress().isEmpty()
                ? Ports.Binding.bindPort(port.getHostPort())
                : Ports.Binding.bindIpAndPort(port.getHostAddress(), port.getHostPort());
        bindings.add(new PortBinding(host, exposed(port)));
      }
      config.withPortBindings(bindings);
    }
    if (instance.getDevicesCount() > 0) {
      config.withDevices(
          instance.getDevicesList().stream()
              .map(each -> new Device("rwm", each.getId(), each.getId()))
              .toList());
    }
    if (instance.getSpec().getMountsCount() > 0) {
      List<Mount> mounts = new ArrayList<>();
      for (dev.berth.v1.Mount mount : instance.getSpec().getMountsList()) {
        mounts.add(mount(mount, policy));
      }
      config.withMounts(mounts);
    }
    return config;
  }

  /// Other limits for a container that is there. What is not set stays as it is.
  static UpdateContainerCmd update(DockerClient client, String id, Resources resources) {
    UpdateContainerCmd update = client.updateContainerCmd(id);
    if (resources.getCpuMillis() > 0) {
      update.withNanoCPUs(resources.getCpuMillis() * NANOS_PER_MILLI_CPU);
    }
    if (resources.getMemoryBytes() > 0) {
      update.withMemory(resources.getMemoryBytes()).withMemorySwap(resources.getMemoryBytes());
    }
    return update;
  }

  private static Mount mount(dev.berth.v1.Mount mount, HostPathPolicy policy)
      throws DriverException {
    Mount wanted = new Mount().withTarget(mount.getTarget()).withReadOnly(mount.getReadOnly());
    return switch (mount.getSourceCase()) {
      case HOST_PATH ->
          switch (policy.judge(mount.getHostPath())) {
            case HostPathPolicy.Allowed allowed ->
                wanted.withType(MountType.BIND).withSource(allowed.path().toString());
            case HostPathPolicy.Refused refused ->
                throw DriverException.permanent("MountRefused", refused.why(), null);
          };
      case VOLUME -> wanted.withType(MountType.VOLUME).withSource(mount.getVolume());
      case SOURCE_NOT_SET ->
          throw DriverException.permanent(
              "MountRefused", "mount " + mount.getTarget() + ": has no source", null);
    };
  }

  private static ExposedPort exposed(dev.berth.v1.PortBinding port) {
    return new ExposedPort(
        port.getTarget(),
        port.getProtocol() == PortProtocol.PORT_PROTOCOL_UDP
            ? InternetProtocol.UDP
            : InternetProtocol.TCP);
  }

  private static String hostname(AssignedInstance instance) {
    String wanted = instance.getSpec().getContainer().getHostname();
    return wanted.isEmpty()
        ? instance.getWorkload() + "-" + Integer.toUnsignedString(instance.getSlot())
        : wanted;
  }
}
