package dev.berth.cli;

import dev.berth.cli.build.BuildCommand;
import dev.berth.cli.compare.CompareCommand;
import dev.berth.cli.console.AttachCommand;
import dev.berth.cli.console.ConsoleCommand;
import dev.berth.cli.console.ExecCommand;
import dev.berth.cli.controller.ControllerLsCommand;
import dev.berth.cli.controller.SnapshotRestoreCommand;
import dev.berth.cli.controller.SnapshotSaveCommand;
import dev.berth.cli.copy.CopyCommand;
import dev.berth.cli.forward.PortForwardCommand;
import dev.berth.cli.image.CommitCommand;
import dev.berth.cli.image.HistoryCommand;
import dev.berth.cli.image.ImageImportCommand;
import dev.berth.cli.image.ImageInspectCommand;
import dev.berth.cli.image.ImagePruneCommand;
import dev.berth.cli.image.ImageRmCommand;
import dev.berth.cli.image.ImagesCommand;
import dev.berth.cli.image.LoadCommand;
import dev.berth.cli.image.PullCommand;
import dev.berth.cli.image.PushCommand;
import dev.berth.cli.image.RmiCommand;
import dev.berth.cli.image.SaveCommand;
import dev.berth.cli.image.TagCommand;
import dev.berth.cli.logs.LogsCommand;
import dev.berth.cli.network.NetworkCreateCommand;
import dev.berth.cli.network.NetworkInspectCommand;
import dev.berth.cli.network.NetworkLsCommand;
import dev.berth.cli.network.NetworkRmCommand;
import dev.berth.cli.registry.LoginCommand;
import dev.berth.cli.registry.LogoutCommand;
import dev.berth.cli.registry.RegistryLoginCommand;
import dev.berth.cli.registry.RegistryLogoutCommand;
import dev.berth.cli.registry.RegistryLsCommand;
import dev.berth.cli.run.RunCommand;
import dev.berth.cli.stats.StatsCommand;
import dev.berth.cli.up.DownCommand;
import dev.berth.cli.up.UpCommand;
import dev.berth.cli.verb.ApplyCommand;
import dev.berth.cli.verb.BootCommand;
import dev.berth.cli.verb.CompletionCommand;
import dev.berth.cli.verb.DeleteCommand;
import dev.berth.cli.verb.EventsCommand;
import dev.berth.cli.verb.InspectCommand;
import dev.berth.cli.verb.KillCommand;
import dev.berth.cli.verb.NamesCommand;
import dev.berth.cli.verb.NamespaceCreateCommand;
import dev.berth.cli.verb.NamespaceInspectCommand;
import dev.berth.cli.verb.NamespaceLsCommand;
import dev.berth.cli.verb.NamespaceQuotaCommand;
import dev.berth.cli.verb.NamespaceRmCommand;
import dev.berth.cli.verb.NodeCordonCommand;
import dev.berth.cli.verb.NodeDoctorCommand;
import dev.berth.cli.verb.NodeDrainCommand;
import dev.berth.cli.verb.NodeFenceCommand;
import dev.berth.cli.verb.NodeInspectCommand;
import dev.berth.cli.verb.NodeLabelCommand;
import dev.berth.cli.verb.NodeLsCommand;
import dev.berth.cli.verb.NodeRmCommand;
import dev.berth.cli.verb.NodeTaintCommand;
import dev.berth.cli.verb.PauseCommand;
import dev.berth.cli.verb.PortCommand;
import dev.berth.cli.verb.PsCommand;
import dev.berth.cli.verb.RestartCommand;
import dev.berth.cli.verb.RmCommand;
import dev.berth.cli.verb.ScaleCommand;
import dev.berth.cli.verb.StartCommand;
import dev.berth.cli.verb.StopCommand;
import dev.berth.cli.verb.TokenCreateCommand;
import dev.berth.cli.verb.TokenLsCommand;
import dev.berth.cli.verb.TokenRevokeCommand;
import dev.berth.cli.verb.TopCommand;
import dev.berth.cli.verb.UpdateCommand;
import dev.berth.cli.verb.ValidateCommand;
import dev.berth.cli.verb.VersionCommand;
import dev.berth.cli.verb.WaitCommand;
import dev.berth.cli.vm.VmSnapshotCreateCommand;
import dev.berth.cli.vm.VmSnapshotLsCommand;
import dev.berth.cli.vm.VmSnapshotRevertCommand;
import dev.berth.cli.vm.VmSnapshotRmCommand;
import dev.berth.cli.volume.VolumeCreateCommand;
import dev.berth.cli.volume.VolumeInspectCommand;
import dev.berth.cli.volume.VolumeLsCommand;
import dev.berth.cli.volume.VolumePruneCommand;
import dev.berth.cli.volume.VolumeRmCommand;
import dev.berth.cli.why.WhyCommand;
import java.util.ArrayList;
import java.util.List;

/// The one table of verbs. A verb's class is loaded when it is called, not before.
final class Verbs {
  private static final List<Group> GROUPS =
      List.of(
          new Group(
              "A cluster on this host",
              Verb.of("up", "Start a cluster on this host", UpCommand::new),
              Verb.of("down", "Stop the cluster on this host", DownCommand::new)),
          new Group(
              "What runs",
              Verb.of("run", "Run a container, a machine or a process", RunCommand::new),
              Verb.of("ps", "List instances", PsCommand::new),
              Verb.of("inspect", "Show all of a workload or an instance", InspectCommand::new),
              Verb.of("why", "Say why slots wait, or are where they are", WhyCommand::new),
              Verb.of("boot", "Show how an instance started, phase by phase", BootCommand::new),
              Verb.of("logs", "Show what programs wrote", LogsCommand::new),
              Verb.of("exec", "Run a command in what runs", ExecCommand::new),
              Verb.of("attach", "Attach to what an instance runs", AttachCommand::new),
              Verb.of("port-forward", "Reach ports of an instance", PortForwardCommand::new),
              Verb.of("console", "Type at the console of a virtual machine", ConsoleCommand::new),
              Verb.of("stats", "Show what instances use", StatsCommand::new),
              Verb.of("top", "Show the processes in an instance", TopCommand::new),
              Verb.of("port", "Show where ports are on the node", PortCommand::new),
              Verb.of("cp", "Copy files into an instance and out of it", CopyCommand::new),
              Verb.of("events", "Show what happened", EventsCommand::new),
              Verb.of("stop", "Stop workloads or slots", StopCommand::new),
              Verb.of("start", "Start what was stopped", StartCommand::new),
              Verb.of("restart", "Stop and start workloads or slots", RestartCommand::new),
              Verb.of("pause", "Let what runs stand still", PauseCommand::pause),
              Verb.of("unpause", "Let it go on", PauseCommand::unpause),
              Verb.of("kill", "Send a signal, KILL unless given", KillCommand::new),
              Verb.of("rm", "Remove workloads", RmCommand::new),
              Verb.of("scale", "Change the number of slots", ScaleCommand::new),
              Verb.of("update", "Change CPUs and memory", UpdateCommand::new),
              Verb.of("wait", "Wait for the end, or until it runs", WaitCommand::new)),
          new Group(
              "Images of containers",
              Verb.of("images", "List images on all nodes", ImagesCommand::new),
              Verb.of("pull", "Pull an image on nodes", PullCommand::new),
              Verb.of("push", "Push an image to its registry", PushCommand::new),
              Verb.of("build", "Build an image and spread it over the nodes", BuildCommand::new),
              Verb.of("commit", "Make an image of what an instance wrote", CommitCommand::new),
              Verb.of("tag", "Give an image one more name", TagCommand::new),
              Verb.of("history", "Show how an image was made", HistoryCommand::new),
              Verb.of("save", "Write images into an archive", SaveCommand::new),
              Verb.of("load", "Load images from an archive", LoadCommand::new),
              Verb.of("rmi", "Remove images from nodes", RmiCommand::new),
              Verb.of("login", "Log in to a registry", LoginCommand::new),
              Verb.of("logout", "Forget a login", LogoutCommand::new)),
          new Group(
              "Stack files",
              Verb.of("apply", "Make the cluster as a stack file says", ApplyCommand::new),
              Verb.of("validate", "Check a stack file", ValidateCommand::new),
              Verb.of("delete", "Delete what a stack file names", DeleteCommand::new)),
          new Group(
              "The cluster",
              Verb.noun(
                  "node",
                  "Look at hosts and change them",
                  Verb.of("ls", "List nodes", NodeLsCommand::new),
                  Verb.of("inspect", "Show a node, layer by layer", NodeInspectCommand::new),
                  Verb.of("doctor", "Look for what commonly breaks", NodeDoctorCommand::new),
                  Verb.of("cordon", "Place no new slots on nodes", NodeCordonCommand::cordon),
                  Verb.of(
                      "uncordon", "Place new slots on nodes again", NodeCordonCommand::uncordon),
                  Verb.of("drain", "Move all instances off a node", NodeDrainCommand::new),
                  Verb.of("taint", "Set and remove taints of a node", NodeTaintCommand::new),
                  Verb.of("fence", "Say that a lost node is dead", NodeFenceCommand::new),
                  Verb.of("label", "Set and remove labels of a node", NodeLabelCommand::new),
                  Verb.of("rm", "Remove nodes that are gone", NodeRmCommand::new)),
              Verb.of(
                  "compare",
                  "Measure a program as process, container, machine",
                  CompareCommand::new),
              Verb.noun(
                  "image",
                  "Look at images, and bring disks of virtual machines to nodes",
                  Verb.of("ls", "List images", ImagesCommand::new),
                  Verb.of("import", "Put a disk into nodes' stores", ImageImportCommand::new),
                  Verb.of("inspect", "Show what is in a disk", ImageInspectCommand::new),
                  Verb.of("rm", "Remove disks from nodes", ImageRmCommand::new),
                  Verb.of("prune", "Remove what no container uses", ImagePruneCommand::new)),
              Verb.noun(
                  "volume",
                  "Look at volumes of containers on nodes, make and remove them",
                  Verb.of("ls", "List volumes", VolumeLsCommand::new),
                  Verb.of("create", "Make a volume", VolumeCreateCommand::new),
                  Verb.of("inspect", "Show all of volumes", VolumeInspectCommand::new),
                  Verb.of("rm", "Remove volumes", VolumeRmCommand::new),
                  Verb.of("prune", "Remove what no container has", VolumePruneCommand::new)),
              Verb.noun(
                  "network",
                  "Look at networks of containers on nodes, make and remove them",
                  Verb.of("ls", "List networks", NetworkLsCommand::new),
                  Verb.of("create", "Make a network", NetworkCreateCommand::new),
                  Verb.of("inspect", "Show all of networks", NetworkInspectCommand::new),
                  Verb.of("rm", "Remove networks", NetworkRmCommand::new)),
              Verb.noun(
                  "vm",
                  "Do what only virtual machines can do",
                  Verb.noun(
                      "snapshot",
                      "Take snapshots of a machine and go back to them",
                      Verb.of("create", "Take a snapshot", VmSnapshotCreateCommand::new),
                      Verb.of("ls", "List a machine's snapshots", VmSnapshotLsCommand::new),
                      Verb.of("revert", "Go back to a snapshot", VmSnapshotRevertCommand::new),
                      Verb.of("rm", "Remove snapshots", VmSnapshotRmCommand::new))),
              Verb.noun(
                  "ns",
                  "Look at namespaces and limit them",
                  Verb.of("ls", "List namespaces", NamespaceLsCommand::new),
                  Verb.of("create", "Make a namespace", NamespaceCreateCommand::new),
                  Verb.of("inspect", "Show a namespace", NamespaceInspectCommand::new),
                  Verb.of("quota", "Limit what a namespace reserves", NamespaceQuotaCommand::new),
                  Verb.of("rm", "Forget namespaces", NamespaceRmCommand::new)),
              Verb.noun(
                  "registry",
                  "Give namespaces logins to registries",
                  Verb.of("login", "Log a namespace in to a registry", RegistryLoginCommand::new),
                  Verb.of("ls", "List a namespace's logins", RegistryLsCommand::new),
                  Verb.of("logout", "Forget a namespace's login", RegistryLogoutCommand::new)),
              Verb.noun(
                  "controller",
                  "Look at controllers and copy the state",
                  Verb.of("ls", "List controllers", ControllerLsCommand::new),
                  Verb.noun(
                      "snapshot",
                      "Copy the stored state and put it back",
                      Verb.of(
                          "save", "Copy the stored state into a file", SnapshotSaveCommand::new),
                      Verb.of(
                          "restore",
                          "Put such a copy into an empty etcd",
                          SnapshotRestoreCommand::new))),
              Verb.noun(
                  "token",
                  "Let agents join",
                  Verb.of("create", "Make a token for one agent", TokenCreateCommand::new),
                  Verb.of("ls", "List tokens", TokenLsCommand::new),
                  Verb.of("revoke", "Revoke tokens", TokenRevokeCommand::new))),
          new Group(
              "This command",
              Verb.of("version", "Show the versions here and there", VersionCommand::new),
              Verb.of("completion", "Print the completion for a shell", CompletionCommand::new),
              Verb.of("__names", "List names for completion", NamesCommand::new)));

  private Verbs() {}

  /// In the order in which help shows them.
  static List<Group> groups() {
    return GROUPS;
  }

  static List<Verb> all() {
    List<Verb> all = new ArrayList<>();
    for (Group group : GROUPS) {
      all.addAll(group.verbs());
    }
    return all;
  }

  /// Verbs that belong together.
  ///
  /// @param title heading in the help
  record Group(String title, List<Verb> verbs) {
    Group(String title, Verb... verbs) {
      this(title, List.of(verbs));
    }
  }
}
