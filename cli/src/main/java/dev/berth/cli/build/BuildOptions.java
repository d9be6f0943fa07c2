package dev.berth.cli.build;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.BuildRules;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import dev.berth.v1.BuildOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How `berth build` is to build, and who is to have what was built.
final class BuildOptions {
  @Option(
      names = {"-t", "--tag"},
      paramLabel = "NAME[:TAG]",
      description = "A name that the image gets; may be given several times.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The Dockerfile; PATH/Dockerfile unless given; - reads it from the input.")
  private String dockerfile = "";

  @Option(
      names = "--build-arg",
      paramLabel = "NAME[=VALUE]",
      description = "Sets an argument of the Dockerfile; NAME alone passes the caller's variable.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description = "Labels the image; may be given several times.")
  private List<String> labels = new ArrayList<>();

  @Option(names = "--target", paramLabel = "STAGE", description = "The stage to end with.")
  private String target = "";

  @Option(names = "--no-cache", description = "Does every step again.")
  private boolean noCache;

  @Option(names = "--pull", description = "Pulls what it begins with, also where it is there.")
  private boolean pull;

  @Option(
      names = "--network",
      paramLabel = "NETWORK",
      description =
          "Network of the steps: one that the node has, or none; not the node's own, host.")
  private String network = "";

  @Option(
      names = {"-q", "--quiet"},
      description = "Prints the id only.")
  private boolean quiet;

  @Option(names = "--iidfile", paramLabel = "FILE", description = "Writes the id into a file.")
  private String iidfile = "";

  @Option(
      names = "--node",
      paramLabel = "NODE",
      description = "The node that builds; the first with Docker unless given.")
  private String node = "";

  @Option(
      names = "--nodes",
      split = ",",
      paramLabel = "NODE",
      description =
          "Nodes that are to have the image; unless given, all with Docker when it has a name.")
  private List<String> nodes = new ArrayList<>();

  @Option(names = "--no-spread", description = "Leaves the image on the node that built it.")
  private boolean noSpread;

  @Option(
      names = "--push",
      description = "Pushes it to its registry, from which the other nodes pull it then.")
  private boolean push;

  /// @throws FailureException with exit code 2
  void check() {
    for (String tag : tags) {
      refuse("-t", ImageRules.tagProblem(tag));
    }
    for (String each : nodes) {
      refuse("--nodes", Names.nodeProblem(each));
    }
    if (!node.isEmpty()) {
      refuse("--node", Names.nodeProblem(node));
    }
    for (String label : labels) {
      if (label.indexOf('=') < 1) {
        throw FailureException.usage(
            "--label: value: " + Printable.quote(label) + " (expected: NAME=VALUE)");
      }
    }
    for (String argument : arguments) {
      if (argument.isEmpty() || argument.startsWith("=")) {
        throw FailureException.usage(
            "--build-arg: value: " + Printable.quote(argument) + " (expected: NAME[=VALUE])");
      }
    }
    refuse("--network", BuildRules.networkProblem(network));
    if (noSpread && !nodes.isEmpty()) {
      throw FailureException.usage("--no-spread excludes --nodes (expected: one or the other)");
    }
    if (push && tags.isEmpty()) {
      throw FailureException.usage("--push: there is no name (expected: -t with its registry)");
    }
    if (tags.size() > BuildRules.TAGS_MAX) {
      throw FailureException.usage(
          "-t: count: %d (expected: at most %d)".formatted(tags.size(), BuildRules.TAGS_MAX));
    }
  }

  private static void refuse(String option, @Nullable String problem) {
    if (problem != null) {
      throw FailureException.usage(option + ": " + problem);
    }
  }

  /// What is the same whatever the context is.
  BuildOrder order() {
    BuildOrder.Builder order =
        BuildOrder.newBuilder()
            .setNode(node)
            .addAllTags(tags)
            .setTarget(target)
            .setNoCache(noCache)
            .setPull(pull)
            .setNetwork(network);
    for (String label : labels) {
      int equals = label.indexOf('=');
      order.putLabels(label.substring(0, equals), label.substring(equals + 1));
    }
    return order.build();
  }

  List<String> tags() {
    return tags;
  }

  String dockerfile() {
    return dockerfile;
  }

  List<String> arguments() {
    return arguments;
  }

  boolean quiet() {
    return quiet;
  }

  String iidfile() {
    return iidfile;
  }

  List<String> nodes() {
    return nodes;
  }

  /// What has no name nobody can run elsewhere, unless it is brought there by wish.
  boolean spreads() {
    return !noSpread && !(tags.isEmpty() && nodes.isEmpty());
  }

  boolean push() {
    return push;
  }
}
