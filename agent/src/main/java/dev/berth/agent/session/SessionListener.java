package dev.berth.agent.session;

import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.NodeDescription;
import java.time.Duration;
import java.util.List;

/// What a session needs and brings. Callbacks come one after another and return at once.
public interface SessionListener {
  /// What the host is and has, for the hello.
  NodeDescription description();

  /// Every instance that the agent knows of, for the hello.
  List<InstanceReport> instances();

  /// Whether anything runs here that is stopped when contact with the controllers is too old: then
  /// contact is to be kept at all costs.
  boolean needsContact();

  /// The controller welcomed the agent.
  ///
  /// @param epoch its term, which the agent obeys from now on
  /// @param lostTimeout silence after which the controller calls the node lost
  /// @param fenceTimeout age of the last contact at which instances with the lost policy FENCE are
  ///     stopped; zero: the controller has not said
  void opened(long epoch, Duration lostTimeout, Duration fenceTimeout);

  /// A leader acknowledged a heartbeat, or answered the hello with a complete set. Comes before the
  /// set.
  ///
  /// @param sentMillis when that was sent, by [dev.berth.agent.port.AgentClock#bootMillis]
  void contact(long sentMillis);

  /// All that this node should run.
  ///
  /// @param arrivedNanos when it came, by [dev.berth.agent.port.AgentClock#nanos]
  void complete(AssignmentSet set, long arrivedNanos);

  /// A change to what this node should run; it follows the last set or change.
  ///
  /// @param arrivedNanos when it came, by [dev.berth.agent.port.AgentClock#nanos]
  void changed(AssignmentChange change, long arrivedNanos);

  /// A session that was opened is over; the next one is being dialled.
  void closed();
}
