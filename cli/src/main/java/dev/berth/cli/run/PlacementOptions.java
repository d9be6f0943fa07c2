package dev.berth.cli.run;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// The options of `berth run` that say where and before whom slots run.
final class PlacementOptions {
  @Option(
      names = "--require",
      paramLabel = "EXPR",
      description = "Runs only on nodes that satisfy this, such as 'node.arch == amd64'.")
  List<String> require = new ArrayList<>();

  @Option(
      names = "--prefer",
      paramLabel = "[WEIGHT:]EXPR",
      description = "Prefers such nodes; WEIGHT is -100 to 100, 50 unless given.")
  List<String> prefer = new ArrayList<>();

  @Option(
      names = "--node-label",
      paramLabel = "KEY=VALUE",
      description = "Runs only on nodes with this label.")
  List<String> nodeLabels = new ArrayList<>();

  @Option(
      names = "--spread",
      paramLabel = "ATTRIBUTE",
      description = "Spreads slots evenly over its values: node, or a label such as zone.")
  List<String> spread = new ArrayList<>();

  @Option(
      names = "--affinity",
      paramLabel = "[WORKLOAD]@ATTRIBUTE[=WEIGHT]",
      description = "Runs near a workload, such as db@zone; with WEIGHT 1 to 100, if possible.")
  List<String> affinity = new ArrayList<>();

  @Option(
      names = "--anti-affinity",
      paramLabel = "[WORKLOAD]@ATTRIBUTE[=WEIGHT]",
      description = "Runs away from a workload; @node: one slot a node.")
  List<String> antiAffinity = new ArrayList<>();

  @Option(
      names = "--toleration",
      paramLabel = "KEY[=VALUE][:EFFECT]",
      description = "Runs on nodes with this taint, too; * is any key.")
  List<String> tolerations = new ArrayList<>();

  @Option(
      names = "--strategy",
      paramLabel = "bin-pack|spread",
      description = "Of equally good nodes the fullest, unless given, or the emptiest.")
  String strategy = "";
}
