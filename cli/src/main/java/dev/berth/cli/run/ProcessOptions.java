package dev.berth.cli.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/// The options of `berth run --kind process` that say how the program is confined.
final class ProcessOptions {
  @Option(
      names = "--isolation",
      paramLabel = "none|namespaces|rootfs",
      description = "Process: what it sees of the node; all of it unless given.")
  String isolation = "";

  @Option(
      names = "--rootfs",
      paramLabel = "DIRECTORY",
      description =
          "Process: a directory of its node as its root file system, which it sees instead of the"
              + " node's; what it writes there goes with the instance.")
  String rootDirectory = "";

  @Option(
      names = "--rootfs-image",
      paramLabel = "REFERENCE",
      description =
          "Process: the same, with the files of a container's image, such as"
              + " registry.example/team/tools:2.")
  String rootImage = "";

  @Option(
      names = "--umask",
      paramLabel = "MODE",
      description = "Process: mode bits taken from files that it makes; 0022 unless given.")
  String umask = "";

  @Option(
      names = "--ulimit",
      paramLabel = "NAME=SOFT[:HARD]",
      description = "Process: one of the kernel's limits, such as nofile=1024:4096.")
  List<String> limits = new ArrayList<>();

  @Option(
      names = "--pids-limit",
      paramLabel = "N",
      description = "Process: most processes and threads at a time.")
  String maxProcesses = "";

  @Option(
      names = "--cap-drop",
      paramLabel = "CAPABILITY",
      description = "Process: a capability that it can never have, such as net_raw, or all.")
  List<String> dropped = new ArrayList<>();

  @Option(
      names = "--no-new-privileges",
      description = "Process: set-user-id programs and file capabilities give it nothing.")
  boolean noNewPrivileges;

  @Option(
      names = "--file",
      paramLabel = "PATH[:MODE]=FILE",
      description =
          "Process: a file of yours to place at PATH in the instance's own directory, where the"
              + " program then starts; MODE is 0755 for an executable one, else 0644.")
  List<String> files = new ArrayList<>();

  @Option(
      names = "--artifact",
      paramLabel = "URL#sha256=DIGEST[,path=PATH][,unpack[=KIND]][,executable]",
      description =
          "Process: what its node is to fetch (http, https, file) and place there; PATH is the"
              + " name in the URL unless given. unpack: an archive, of KIND tar, tar.gz or zip, to"
              + " unpack in PATH.")
  List<String> artifacts = new ArrayList<>();

  /// The names of those that were given.
  List<String> given() {
    Map<String, Boolean> all = new LinkedHashMap<>();
    all.put("--isolation", !isolation.isEmpty());
    all.put("--rootfs", !rootDirectory.isEmpty());
    all.put("--rootfs-image", !rootImage.isEmpty());
    all.put("--umask", !umask.isEmpty());
    all.put("--ulimit", !limits.isEmpty());
    all.put("--pids-limit", !maxProcesses.isEmpty());
    all.put("--cap-drop", !dropped.isEmpty());
    all.put("--no-new-privileges", noNewPrivileges);
    all.put("--file", !files.isEmpty());
    all.put("--artifact", !artifacts.isEmpty());
    return all.keySet().stream().filter(all::get).toList();
  }
}
