package dev.berth.cli.image;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import dev.berth.v1.Image;
import dev.berth.v1.LoadImagesResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/// Follows nodes that load an archive of images, and tells of each what it has now.
public final class LoadedImages {
  private final Terminal terminal;
  private final ImportProgressLines progress;
  private final boolean quiet;
  private final BiFunction<String, Image, String> line;
  private final Map<String, List<Image>> done = new TreeMap<>();
  private boolean failed;

  /// @param quiet shows no progress
  /// @param line what is printed of an image that a node has now; empty: nothing
  public LoadedImages(Terminal terminal, boolean quiet, BiFunction<String, Image, String> line) {
    this.terminal = terminal;
    this.quiet = quiet;
    this.line = line;
    this.progress = new ImportProgressLines(terminal, !quiet);
  }

  /// Takes in what a node says.
  public void take(LoadImagesResponse said) {
    String node = said.getNode();
    switch (said.getStateCase()) {
      case PROGRESS -> {
        if (!quiet) {
          progress.show(node, said.getProgress());
        }
      }
      case IMAGE -> {
        progress.end(node);
        done.computeIfAbsent(node, _ -> new ArrayList<>()).add(said.getImage());
        String text = line.apply(node, said.getImage());
        if (!text.isEmpty()) {
          terminal.out().println(Printable.escape(text));
          terminal.flush();
        }
        progress.draw();
      }
      case FAILURE -> {
        progress.end(node);
        failed = true;
        Complaint.say(terminal, node, said.getFailure().getMessage());
        progress.draw();
      }
      case DONE -> progress.end(node);
      case STATE_NOT_SET -> {
        // Of a newer controller.
      }
    }
  }

  /// Takes what is shown of the progress away.
  public void end() {
    progress.clear();
  }

  /// What nodes have loaded, by node.
  public Map<String, List<Image>> done() {
    return done;
  }

  /// 1 when a node has failed.
  public int exitCode() {
    return failed ? ExitCode.FAILURE : ExitCode.OK;
  }
}
