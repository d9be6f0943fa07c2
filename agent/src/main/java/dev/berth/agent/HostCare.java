package dev.berth.agent;

import dev.berth.agent.doctor.NodeExaminer;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.forwarding.Forwarding;
import dev.berth.agent.forwarding.ForwardingKeeper;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.FactsSource;
import dev.berth.agent.port.HostCommands;
import dev.berth.agent.port.HostPrograms;
import java.util.Optional;

/// Puts together what looks after a real host.
final class HostCare {
  private HostCare() {}

  static AgentHost.Care of(
      AgentConfig config,
      Owner owner,
      DriverRegistry drivers,
      FactsSource facts,
      Optional<MachineImages> images,
      InstanceLogins logins) {
    AgentClock clock = AgentClock.system();
    HostCommands commands = new HostPrograms();
    Forwarding forwarding = new Forwarding(commands, drivers, owner);
    NodeExaminer examiner =
        new NodeExaminer(
            () -> facts.describe(drivers.describe()),
            forwarding,
            commands,
            new NodeExaminer.Place(config.dataDir(), config.dockerHost()),
            clock);
    return new AgentHost.Care(
        images.map(MachineImages::images),
        Optional.of(examiner),
        keeps(config) ? Optional.of(new ForwardingKeeper(forwarding, clock)) : Optional.empty(),
        logins);
  }

  /// Whether there are machines on this very host, whose packets are to be let through.
  private static boolean keeps(AgentConfig config) {
    return config.machines().keepForwarding()
        && config.machines().libvirt().stream().anyMatch(each -> each.uri().getHost() == null);
  }
}
