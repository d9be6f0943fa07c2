package dev.berth.agent.doctor;

import dev.berth.agent.forwarding.Forwarding;
import dev.berth.agent.forwarding.RanCommand;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.HostCommands;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.NodeMend;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for what commonly breaks on this host and mends, when asked to, what can be mended safely.
public final class NodeExaminer {
  private static final Logger LOG = LoggerFactory.getLogger(NodeExaminer.class);

  private final NodeObserver observer;
  private final Forwarding forwarding;
  private final HostCommands commands;
  private final AgentClock clock;

  /// Where things are.
  ///
  /// @param dataDir the agent's
  /// @param docker the Docker daemon's address, `unix:///path`
  public record Place(Path dataDir, URI docker) {}

  /// @param facts says what the host is now
  /// @param forwarding has the rules of machines
  /// @param commands runs what mends
  public NodeExaminer(
      Supplier<NodeDescription> facts,
      Forwarding forwarding,
      HostCommands commands,
      Place place,
      AgentClock clock) {
    this.observer = new NodeObserver(facts, forwarding, commands, place);
    this.forwarding = forwarding;
    this.commands = commands;
    this.clock = clock;
  }

  /// Looks, mends if that is wanted, and looks again after it.
  ///
  /// @param asked the controller's time when it asked
  /// @param fix whether to mend
  /// @return without the node's name, which the controller knows
  public NodeExamination examine(Instant asked, boolean fix) throws InterruptedException {
    Duration lead = Duration.between(asked, clock.wall());
    List<Finding> findings = Check.all(observer.look(lead));
    List<RanCommand> ran = fix ? mend(findings) : List.of();
    if (!ran.isEmpty()) {
      findings = Check.all(observer.look(lead));
    }
    NodeExamination.Builder answer = NodeExamination.newBuilder();
    findings.forEach(finding -> answer.addFindings(finding.message()));
    for (RanCommand each : ran) {
      LOG.info("asked to mend: {}", each);
      answer.addMends(
          NodeMend.newBuilder()
              .setCommand(each.command())
              .setSucceeded(each.isGood())
              .setOutput(each.output()));
    }
    return answer.build();
  }

  private List<RanCommand> mend(List<Finding> findings) throws InterruptedException {
    List<RanCommand> ran = new ArrayList<>();
    for (Finding finding : findings) {
      if (finding.mend() instanceof Mend.ByAgent) {
        if (finding.isFor(ForwardingCheck.NAME)) {
          ran.addAll(forwarding.mend(false));
        } else if (finding.isFor(IpForwardCheck.NAME)) {
          ran.add(RanCommand.run(commands, IpForwardCheck.COMMAND));
        }
      }
    }
    return ran;
  }
}
