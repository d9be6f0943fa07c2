package dev.berth.cli.image;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import dev.berth.v1.Image;
import dev.berth.v1.ImageFailure;
import dev.berth.v1.NodeImageWork;
import io.grpc.Status;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/// Follows what nodes do with an image, and tells of each what became of it.
final class ImageWorks {
  private final Terminal terminal;
  private final boolean quiet;
  private final Map<String, Image> done = new TreeMap<>();
  private boolean missing;
  private boolean failed;

  /// @param quiet shows no progress
  ImageWorks(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.quiet = quiet;
  }

  /// Follows to the end.
  ///
  /// @param mayMiss a node that does not have the image has not failed
  /// @param line what is printed of a node that has done it; empty: nothing
  void follow(
      Iterator<NodeImageWork> answers, boolean mayMiss, BiFunction<String, Image, String> line) {
    ImportProgressLines progress = new ImportProgressLines(terminal, !quiet);
    try {
      while (answers.hasNext()) {
        NodeImageWork said = answers.next();
        if (said.hasProgress()) {
          if (!quiet) {
            progress.show(said.getNode(), said.getProgress());
          }
          continue;
        }
        progress.end(said.getNode());
        if (said.hasFailure()) {
          fail(said.getNode(), said.getFailure(), mayMiss);
        } else {
          succeed(said.getNode(), said.getImage(), line.apply(said.getNode(), said.getImage()));
        }
        progress.draw();
      }
    } finally {
      progress.clear();
    }
  }

  private void succeed(String node, Image image, String line) {
    done.put(node, image);
    if (!line.isEmpty()) {
      terminal.out().println(Printable.escape(line));
      terminal.flush();
    }
    String problem = image.getContainer().getPlatformProblem();
    if (!problem.isEmpty()) {
      Complaint.say(terminal, node, problem + ": it will hardly start there");
    }
  }

  private void fail(String node, ImageFailure failure, boolean mayMiss) {
    if (mayMiss && failure.getCode() == Status.Code.NOT_FOUND.value()) {
      missing = true;
      return;
    }
    failed = true;
    Complaint.say(terminal, node, failure.getMessage());
  }

  /// What nodes have done, by node.
  Map<String, Image> done() {
    return done;
  }

  /// The exit code; says so when no node has the image.
  ///
  /// @param image what it is called
  int exitCode(String image) {
    if (missing && !failed && done.isEmpty()) {
      Complaint.say(
          terminal, image, "no node has this image; 'berth images' lists those there are");
    }
    return failed || done.isEmpty() ? ExitCode.FAILURE : ExitCode.OK;
  }
}
