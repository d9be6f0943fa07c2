package dev.berth.agent.forwarding;

import dev.berth.agent.driver.BridgeCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.port.HostCommands;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The rules that let the packets of this host's machines through its packet filters. Each of ours
/// carries a comment with the cluster and the node, by which it is found again; no other rule and
/// no policy is ever changed.
public final class Forwarding {
  private static final int CLUSTER_CHARACTERS = 8;

  private final FilterReader reader;
  private final DriverRegistry drivers;
  private final String tag;
  // There is no rule of ours, and no machine that needs one.
  private boolean idle;

  /// @param drivers know the machines
  /// @param owner whose rules to make and touch
  public Forwarding(HostCommands commands, DriverRegistry drivers, Owner owner) {
    this(commands, drivers, owner, Path.of("/proc/self/net"));
  }

  Forwarding(HostCommands commands, DriverRegistry drivers, Owner owner, Path net) {
    this.reader = new FilterReader(commands, net);
    this.drivers = drivers;
    this.tag = tag(owner);
  }

  /// "berth-1b4e28ba-host-1".
  static String tag(Owner owner) {
    String cluster = owner.clusterUid();
    return "berth-%s-%s"
        .formatted(
            cluster.substring(0, Math.min(CLUSTER_CHARACTERS, cluster.length())), owner.node());
  }

  /// What there is.
  public synchronized NetworkView look() throws InterruptedException {
    return new NetworkView(bridges(), reader.look(), tag);
  }

  /// Adds the rules that are missing, and removes ours that nobody needs any more. Nothing is done
  /// where bridges are not known.
  ///
  /// @param whereDockerIs only in filters that Docker works with; else in all that drop
  /// @return what was run
  public synchronized List<RanCommand> mend(boolean whereDockerIs) throws InterruptedException {
    List<RanCommand> ran = new ArrayList<>();
    if (bridges() instanceof NetworkView.Bridges.Known(List<MachineBridge> bridges)
        && !(idle && bridges.isEmpty())) {
      List<FilterState> filters = reader.look();
      for (FilterState state : filters) {
        if (state instanceof FilterState.Seen(FilterProgram program, FilterTable table)) {
          for (FilterChange change : ForwardPlan.of(table, bridges, tag).changes()) {
            boolean wanted = change instanceof FilterChange.Remove || table.isDockers();
            if (wanted || !whereDockerIs) {
              ran.add(reader.change(program, change));
            }
          }
        }
      }
      boolean all = filters.stream().noneMatch(FilterState.Hidden.class::isInstance);
      idle = all && bridges.isEmpty() && ran.isEmpty();
    }
    return ran;
  }

  /// Removes all of our rules.
  ///
  /// @return what was run
  public synchronized List<RanCommand> clear() throws InterruptedException {
    List<RanCommand> ran = new ArrayList<>();
    for (FilterState state : reader.look()) {
      if (state instanceof FilterState.Seen(FilterProgram program, FilterTable table)) {
        for (FilterChange change : ForwardPlan.clear(table, tag)) {
          ran.add(reader.change(program, change));
        }
      }
    }
    return ran;
  }

  private NetworkView.Bridges bridges() {
    List<MachineBridge> all = new ArrayList<>();
    for (RuntimeDriver driver : drivers.all()) {
      if (driver instanceof BridgeCapable capable) {
        try {
          all.addAll(capable.bridges());
        } catch (DriverException e) {
          return new NetworkView.Bridges.Unknown(e.failure().message());
        }
      }
    }
    return new NetworkView.Bridges.Known(all);
  }
}
