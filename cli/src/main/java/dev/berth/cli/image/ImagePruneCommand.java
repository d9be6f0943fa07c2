package dev.berth.cli.image;

import com.google.protobuf.Duration;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Question;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Durations;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.PruneImagesRequest;
import dev.berth.v1.PruneImagesResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `berth image prune`.
@Command(
    description = "Removes images of containers that no container uses, running or not.",
    footer = {
      "Unless -a is given, only those whose names mean other images now.",
      "  berth image prune -a --filter until=72h"
    })
public final class ImagePruneCommand extends ClusterVerb {
  private static final String UNTIL = "until=";

  @Option(
      names = {"-a", "--all"},
      description = "Also images with names.")
  private boolean all;

  @Option(
      names = {"-f", "--force"},
      description = "Does not ask first.")
  private boolean force;

  @Option(
      names = "--filter",
      paramLabel = "until=AGE",
      description = "Only what was built longer ago, 72h for instance.")
  private List<String> filters = new ArrayList<>();

  @Mixin private final ImageNodes nodes = new ImageNodes();

  /// @param terminal where it reads and writes
  public ImagePruneCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    var _ = until();
  }

  private Duration until() {
    Duration until = Duration.getDefaultInstance();
    for (String filter : filters) {
      try {
        if (!filter.startsWith(UNTIL)) {
          throw new IllegalArgumentException("no filter of that name");
        }
        until = Durations.toProto(Durations.parse(filter.substring(UNTIL.length())));
      } catch (IllegalArgumentException e) {
        throw FailureException.usage(
            "--filter: value: "
                + Printable.quote(filter)
                + ": "
                + e.getMessage()
                + " (expected: until=AGE, such as until=72h)");
      }
    }
    return until;
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    if (!force && !isWanted()) {
      terminal().say("nothing was removed");
      return ExitCode.FAILURE;
    }
    Iterator<PruneImagesResponse> answers =
        cluster
            .imageStreams()
            .pruneImages(
                PruneImagesRequest.newBuilder()
                    .addAllNodes(nodes.names())
                    .setAll(all)
                    .setUntil(until())
                    .build());
    int exitCode = ExitCode.OK;
    long reclaimed = 0;
    while (answers.hasNext()) {
      PruneImagesResponse said = answers.next();
      if (said.hasFailure()) {
        Complaint.say(terminal(), said.getNode(), said.getFailure().getMessage());
        exitCode = ExitCode.FAILURE;
        continue;
      }
      for (String name : said.getRemoval().getUntaggedList()) {
        print(said.getNode() + ": untagged " + name);
      }
      for (String digest : said.getRemoval().getDeletedList()) {
        print(said.getNode() + ": deleted sha256:" + digest);
      }
      reclaimed += said.getRemoval().getReclaimedBytes();
    }
    terminal().say("room given back: " + Quantity.roundedMemory(reclaimed));
    return exitCode;
  }

  private void print(String line) {
    terminal().out().println(Printable.escape(line));
    terminal().flush();
  }

  private boolean isWanted() throws IOException {
    String where = nodes.areNamed() ? String.join(", ", nodes.names()) : "all nodes";
    if (!Question.canBeAsked(terminal())) {
      throw FailureException.usage(
          "this cannot be undone, and nobody can be asked here (expected: -f)");
    }
    return Question.ask(
        terminal(),
        (all ? "All images of containers that no container uses" : "All images without a name")
            + " will be removed from "
            + where
            + ". Go on?");
  }
}
