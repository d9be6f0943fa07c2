package dev.berth.cli.verb;

import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.NodeFailure;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/// How nodes fared with one thing that was asked of them.
public final class NodeOutcomes {
  private final List<String> done = new ArrayList<>();
  private final List<Failed> failed = new ArrayList<>();

  private record Failed(String node, NodeFailure failure) {
    boolean isMissing() {
      return failure.getCode() == Status.Code.NOT_FOUND.value();
    }
  }

  /// A node did it, or did not.
  public void take(NodeAnswer answer) {
    if (answer.found() == null) {
      failed(answer.node(), answer.failure());
    } else {
      done.add(answer.node());
    }
  }

  /// A node did not.
  public void failed(String node, NodeFailure failure) {
    failed.add(new Failed(node, failure));
  }

  /// Whether some node did it.
  public boolean isDone() {
    return !done.isEmpty();
  }

  /// Tells people of those that failed.
  ///
  /// @return the exit code
  public int complain(Terminal terminal) {
    failed.forEach(each -> Complaint.say(terminal, each.node(), each.failure().getMessage()));
    return failed.isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
  }

  /// The same for something that is there on some nodes only: one that was not named and does not
  /// have it has not failed, unless none has it.
  ///
  /// @param subject what it is called
  /// @param where the command that lists those there are: "berth volume ls"
  /// @param mayMiss whether it is well that none has it
  public int complain(
      Terminal terminal, NodeChoice asked, String subject, String where, boolean mayMiss) {
    boolean named = !asked.names().isEmpty() && !mayMiss;
    List<Failed> told = failed.stream().filter(each -> named || !each.isMissing()).toList();
    told.forEach(each -> Complaint.say(terminal, each.node(), each.failure().getMessage()));
    if (!told.isEmpty()) {
      return ExitCode.FAILURE;
    }
    if (done.isEmpty() && !mayMiss) {
      Complaint.say(terminal, subject, "no node has it; '" + where + "' lists those there are");
      return ExitCode.FAILURE;
    }
    return ExitCode.OK;
  }
}
