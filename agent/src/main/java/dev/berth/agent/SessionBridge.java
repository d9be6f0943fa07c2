package dev.berth.agent;

import dev.berth.agent.fence.FenceGuard;
import dev.berth.agent.session.SessionListener;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.NodeDescription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Brings what a session hears to the loop, and to the session what it says.
final class SessionBridge implements SessionListener {
  private final AgentLoop loop;
  private final FenceGuard fence;
  private final InstanceTable table;
  private final NodeDescriber describer;
  private final InstanceLogins logins;
  private final Runnable firstWelcome;
  private final AtomicBoolean welcomed = new AtomicBoolean();

  /// @param logins keeps what goes no further
  /// @param firstWelcome is run once, when the first session is open
  SessionBridge(
      AgentLoop loop,
      InstanceTable table,
      FenceGuard fence,
      NodeDescriber describer,
      InstanceLogins logins,
      Runnable firstWelcome) {
    this.loop = loop;
    this.fence = fence;
    this.table = table;
    this.describer = describer;
    this.logins = logins;
    this.firstWelcome = firstWelcome;
  }

  @Override
  public NodeDescription description() {
    return describer.latest();
  }

  @Override
  public List<InstanceReport> instances() {
    return table.reports();
  }

  @Override
  public boolean needsContact() {
    return fence.holdsAny();
  }

  @Override
  public void opened(long epoch, Duration lostTimeout, Duration fenceTimeout) {
    fence.welcomed(fenceTimeout);
    if (welcomed.compareAndSet(false, true)) {
      firstWelcome.run();
    }
    // The host may have changed between the hello and now.
    describer.refresh();
  }

  @Override
  public void contact(long sentMillis) {
    fence.contact(sentMillis);
  }

  @Override
  public void complete(AssignmentSet set, long arrivedNanos) {
    loop.put(new AgentEvent.SetArrived(logins.keep(set), arrivedNanos));
  }

  @Override
  public void changed(AssignmentChange change, long arrivedNanos) {
    loop.put(new AgentEvent.ChangeArrived(logins.keep(change), arrivedNanos));
  }

  @Override
  public void closed() {
    // What runs goes on running, and what ends is restarted.
  }
}
