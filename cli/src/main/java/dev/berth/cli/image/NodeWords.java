package dev.berth.cli.image;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import io.grpc.StatusRuntimeException;

/// What a node says of its failure, on a call that is to one node: its code is the node's, and says
/// nothing of the controller that handed it on.
public final class NodeWords {
  private NodeWords() {}

  /// The failure to be thrown: in the node's words, or as it is when there are none.
  ///
  /// @param node its name
  public static RuntimeException of(String node, StatusRuntimeException failure) {
    String said = failure.getStatus().getDescription();
    return said == null || failure.getStatus().getCause() != null
        ? failure
        : new FailureException(ExitCode.FAILURE, Printable.escape(node + ": " + said), failure);
  }
}
