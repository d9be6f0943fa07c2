package dev.berth.agent;

import dev.berth.agent.session.ControllerSession;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.NodeDescription;
import org.jspecify.annotations.Nullable;

/// Hands reports to the session, once there is one. What comes before is in its hello.
final class SessionReports implements AgentPorts.Reports {
  private volatile @Nullable ControllerSession session;

  void attach(ControllerSession next) {
    session = next;
  }

  @Override
  public void report(String instanceId, InstanceStatus status) {
    ControllerSession now = session;
    if (now != null) {
      now.report(instanceId, status);
    }
  }

  @Override
  public void forget(String instanceId) {
    ControllerSession now = session;
    if (now != null) {
      now.forget(instanceId);
    }
  }

  void describe(NodeDescription description) {
    ControllerSession now = session;
    if (now != null) {
      now.describe(description);
    }
  }

  void close() {
    ControllerSession now = session;
    if (now != null) {
      now.close();
    }
  }
}
