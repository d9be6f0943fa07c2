package dev.berth.simulation.net;

import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.StatusReport;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What planted bugs do to messages between controllers and agents.
public final class MessageBugs {
  private final Bugs bugs;
  private final Map<String, AssignmentSet> oldest = new TreeMap<>();
  private @Nullable AssignmentSet anothers;

  /// With these bugs planted.
  public MessageBugs(Bugs bugs) {
    this.bugs = bugs;
  }

  /// Sends a message to an agent, or what the bugs make of it.
  public void sendDown(String node, SessionConnection connection, OpenSessionResponse message) {
    connection.sendDown(message);
    if (!message.hasAssignments()) {
      return;
    }
    AssignmentSet set = message.getAssignments();
    AssignmentSet old = oldest.get(node);
    if (set.getInstancesCount() > 0) {
      oldest.putIfAbsent(node, set);
    }
    if (bugs.has(PlantedBug.OLD_ASSIGNMENTS_REPLAYED) && old != null) {
      send(connection, old, set);
    }
    AssignmentSet other = anothers;
    anothers = set.getInstancesCount() > 0 ? set : other;
    if (bugs.has(PlantedBug.ASSIGNMENTS_MISDELIVERED) && other != null) {
      send(connection, other, set);
    }
  }

  private static void send(SessionConnection connection, AssignmentSet content, AssignmentSet as) {
    connection.sendDown(
        OpenSessionResponse.newBuilder()
            .setAssignments(
                content.toBuilder().setEpoch(as.getEpoch()).setRevision(as.getRevision()))
            .build());
  }

  /// Whether a report is acknowledged and dropped.
  public boolean swallows(SessionConnection connection, StatusReport report) {
    if (!bugs.has(PlantedBug.REPORTS_ACKNOWLEDGED_AND_DROPPED)) {
      return false;
    }
    connection.sendDown(
        OpenSessionResponse.newBuilder().setStatusAck(report.getSequence()).build());
    return true;
  }
}
