package dev.berth.cli.run;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of `berth run` that describe the workload, with docker's names.
final class RunOptions {
  @Option(
      names = "--kind",
      paramLabel = "container|vm|process",
      description = {
        "What runs; a container unless given. A VM gets 1 CPU and 512 MiB unless said.",
        "Of a process, a program of the node, the command stands in the image's place."
      })
  String kind = "container";

  @Mixin final VmOptions vm = new VmOptions();

  @Mixin final ProcessOptions process = new ProcessOptions();

  @Option(
      names = {"-i", "--interactive"},
      description = "Gives the program the input of this command; with -d keeps its input open.")
  boolean interactive;

  @Option(
      names = {"-t", "--tty"},
      description = "Gives the program a terminal.")
  boolean tty;

  @Option(
      names = "--type",
      paramLabel = "service|batch",
      description = "What is striven for; with -d service, else batch unless given.")
  String type = "";

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description = "Slots, 0 to 10000; 1 unless given.")
  int replicas = 1;

  @Option(
      names = {"-p", "--publish"},
      paramLabel = "[[IP:]PORT:]TARGET[/udp]",
      description =
          "Publishes a port; a free one of the node unless PORT is given. A process listens on it"
              + " itself: on PORT, which is TARGET, or where BERTH_PORT_TARGET says.")
  List<String> ports = new ArrayList<>();

  @Option(
      names = {"-v", "--volume"},
      paramLabel = "SOURCE:TARGET[:ro]",
      description = "Mounts a path of the node or a named volume.")
  List<String> mounts = new ArrayList<>();

  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME[=VALUE]",
      description = "Sets a variable; NAME alone passes the caller's.")
  List<String> env = new ArrayList<>();

  @Option(names = "--env-file", paramLabel = "FILE", description = "Reads variables from a file.")
  List<String> envFiles = new ArrayList<>();

  @Option(
      names = {"-m", "--memory"},
      paramLabel = "SIZE",
      description = "Memory requested and enforced, such as 256m or 2Gi.")
  String memory = "";

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description = "CPUs requested and enforced, such as 0.5 or 500m.")
  String cpus = "";

  @Option(
      names = "--restart",
      paramLabel = "POLICY",
      description = "no, always, unless-stopped, on-failure or on-failure:N.")
  String restart = "";

  @Option(
      names = {"-l", "--label"},
      paramLabel = "KEY=VALUE",
      description = "Label of the workload.")
  List<String> labels = new ArrayList<>();

  @Mixin final PlacementOptions placement = new PlacementOptions();

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "Who goes first when room is short, 1 to 100; 50 unless given.")
  int priority;

  @Option(
      names = "--device",
      paramLabel = "NAME[=N]",
      description = "Devices that each slot has to itself, such as gpu=2.")
  List<String> devices = new ArrayList<>();

  @Option(
      names = "--max-unavailable",
      paramLabel = "N",
      description = "Most slots that drains and preemption may have away at once.")
  String maxUnavailable = "";

  @Option(names = "--entrypoint", paramLabel = "PROGRAM", description = "Replaces the ENTRYPOINT.")
  String entrypoint = "";

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "PATH",
      description = "Working directory inside.")
  String workingDir = "";

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER[:GROUP]",
      description = "User inside.")
  String user = "";

  @Option(names = "--hostname", paramLabel = "NAME", description = "Host name inside.")
  String hostname = "";

  @Option(names = "--read-only", description = "Makes the root file system read-only.")
  boolean readOnly;

  @Option(
      names = "--pull",
      paramLabel = "missing|always|never",
      description = "When the image is pulled; missing unless given.")
  String pull = "missing";

  @Option(
      names = "--stop-timeout",
      paramLabel = "SECONDS",
      description =
          "Time between the polite stop and the kill; 10, of a VM 120, of a process 5, unless"
              + " given.")
  String stopTimeout = "";

  @Option(
      names = "--lost-policy",
      paramLabel = "replace|hold|fence",
      description = "What happens when the node is lost.")
  String lostPolicy = "";
}
