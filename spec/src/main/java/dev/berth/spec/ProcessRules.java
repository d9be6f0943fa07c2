package dev.berth.spec;

import dev.berth.v1.PortSpec;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.WorkloadSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The bounds of a process's spec.
final class ProcessRules {
  private static final int COMMAND_MAX = 1024;
  private static final int LIMITS_MAX = 16;
  private static final int CAPABILITIES_MAX = 64;
  private static final int PROCESSES_MAX = 4_194_304;
  private static final String OWN_VARIABLES = "BERTH_";
  private static final Pattern UMASK = Pattern.compile("[0-7]{1,4}");
  private static final Pattern CAPABILITY = Pattern.compile("[a-z][a-z_]{1,30}");
  private static final List<String> LIMITS =
      List.of(
          "as",
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");

  private final String path;
  private final Findings findings;

  private ProcessRules(String path, Findings findings) {
    this.path = path;
    this.findings = findings;
  }

  static void check(String path, WorkloadSpec spec, Findings findings) {
    ProcessRules rules = new ProcessRules(path, findings);
    rules.program(spec.getProcess());
    rules.confinement(spec.getProcess());
    new PlacedFileRules(path, findings).check(spec.getProcess());
    rules.rest(spec);
  }

  private void program(ProcessSpec process) {
    if (process.getCommandCount() == 0 || process.getCommand(0).isEmpty()) {
      findings.add(path + ".command", "missing (expected: the program and its arguments)");
    } else if (process.getCommand(0).contains("/")) {
      program(process.getCommand(0), startsInOwnDirectory(process));
    }
    ProgramRules.words(path + ".command", process.getCommandList(), COMMAND_MAX, findings);
    ProgramRules.env(path + ".env", process.getEnvMap(), findings);
    for (String name : process.getEnvMap().keySet()) {
      if (name.startsWith(OWN_VARIABLES)) {
        wrong(path + ".env", name, "a name that does not begin with " + OWN_VARIABLES);
      }
    }
    workingDir(process);
    if (!process.getUser().isEmpty()) {
      findings.check(path + ".user", Names.userProblem(process.getUser()));
    }
    if (!process.getUmask().isEmpty() && !UMASK.matcher(process.getUmask()).matches()) {
      wrong(path + ".umask", process.getUmask(), "1 to 4 octal digits such as 0027");
    }
  }

  private static boolean startsInOwnDirectory(ProcessSpec process) {
    return PlacedFileRules.hasAny(process) && !process.getWorkingDir().startsWith("/");
  }

  private void workingDir(ProcessSpec process) {
    String directory = process.getWorkingDir();
    if (directory.isEmpty() || directory.equals("/")) {
      return;
    }
    findings.check(
        path + ".working_dir",
        startsInOwnDirectory(process)
            ? Paths.relativeProblem(directory)
            : Paths.problem(directory));
  }

  private void program(String file, boolean own) {
    if (own && file.charAt(0) != '/') {
      String relative = file.startsWith("./") ? file.substring(2) : file;
      findings.check(path + ".command[0]", Paths.relativeProblem(relative));
    } else if (file.charAt(0) != '/') {
      wrong(path + ".command[0]", file, "an absolute path, or a name to look for in PATH");
    } else {
      findings.check(path + ".command[0]", Paths.problem(file));
    }
  }

  private void confinement(ProcessSpec process) {
    limits(process.getLimitsList());
    if (process.getIsolation() == ProcessIsolation.UNRECOGNIZED) {
      wrong(path + ".isolation", "" + process.getIsolationValue(), "none, namespaces or rootfs");
    }
    new ProcessRootRules(path, findings).check(process);
    List<String> dropped = process.getDropCapabilitiesList();
    findings.count(path + ".drop_capabilities", dropped.size(), CAPABILITIES_MAX, "capabilities");
    for (int i = 0; i < dropped.size(); i++) {
      if (!CAPABILITY.matcher(dropped.get(i)).matches()) {
        wrong(path + ".drop_capabilities[" + i + "]", dropped.get(i), "all, or a name as net_raw");
      }
    }
    findings.range(path + ".max_processes", process.getMaxProcesses(), 0, PROCESSES_MAX);
  }

  private void limits(List<ProcessLimit> limits) {
    findings.count(path + ".limits", limits.size(), LIMITS_MAX, "limits");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < limits.size(); i++) {
      ProcessLimit limit = limits.get(i);
      String where = path + ".limits[" + i + "]";
      if (!LIMITS.contains(limit.getName())) {
        wrong(where + ".name", limit.getName(), String.join(", ", LIMITS));
      } else if (!names.add(limit.getName())) {
        wrong(where + ".name", limit.getName(), "a limit given once");
      }
      boolean above =
          limit.hasHard()
              && (!limit.hasSoft() || Long.compareUnsigned(limit.getSoft(), limit.getHard()) > 0);
      if (above) {
        wrong(
            where + ".soft",
            limit.hasSoft() ? Long.toUnsignedString(limit.getSoft()) : "unlimited",
            "at most the hard limit, " + Long.toUnsignedString(limit.getHard()));
      }
    }
  }

  /// What the rest of a workload's spec can say when it is a process.
  private void rest(WorkloadSpec spec) {
    if (spec.getMountsCount() > 0) {
      findings.add("mounts", "not for processes (expected: none; they see the node's own files)");
    }
    for (int i = 0; i < spec.getPortsCount(); i++) {
      PortSpec port = spec.getPorts(i);
      if (port.getPublish() != 0 && port.getPublish() != port.getTarget()) {
        findings.add(
            "ports[" + i + "].publish",
            "value: "
                + port.getPublish()
                + " (expected: "
                + port.getTarget()
                + " as its target, or 0: a process listens on the node's port itself, and nothing"
                + " stands between)");
      }
      if (!port.getHostAddress().isEmpty()) {
        findings.add(
            "ports[" + i + "].host_address",
            "not for processes (expected: none; the program itself chooses where it listens)");
      }
    }
  }

  private void wrong(String where, String value, String expected) {
    findings.add(where, "value: " + Printable.quote(value) + " (expected: " + expected + ")");
  }
}
