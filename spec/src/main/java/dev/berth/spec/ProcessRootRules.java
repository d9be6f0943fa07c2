package dev.berth.spec;

import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessRoot;
import dev.berth.v1.ProcessSpec;

/// The rules of a process's own root file system.
///
/// @param path of the process in its workload
/// @param findings takes what is wrong
record ProcessRootRules(String path, Findings findings) {
  void check(ProcessSpec process) {
    boolean wanted = process.getIsolation() == ProcessIsolation.PROCESS_ISOLATION_ROOTFS;
    if (wanted != process.hasRoot()) {
      findings.add(
          path + ".root",
          wanted
              ? "missing (expected: a directory or an image, with isolation rootfs)"
              : "not without isolation rootfs (expected: isolation: rootfs, or no root)");
      return;
    }
    if (wanted) {
      source(process.getRoot());
      process.getEnvMap().keySet().forEach(this::variable);
    }
  }

  private void source(ProcessRoot root) {
    switch (root.getSourceCase()) {
      case DIRECTORY ->
          findings.check(path + ".root.directory", Paths.hostProblem(root.getDirectory()));
      case IMAGE ->
          findings.check(path + ".root.image", ImageRules.referenceProblem(root.getImage()));
      case SOURCE_NOT_SET -> findings.add(path + ".root", "not set (expected: directory or image)");
    }
  }

  private void variable(String name) {
    // A shell is the last of the node's programs there.
    if (!ShellNames.isHandedOn(name)) {
      findings.add(
          path + ".env",
          "value: "
              + Printable.quote(name)
              + " (expected: with isolation rootfs letters, digits and underscores, and no name"
              + " that a shell keeps for itself)");
    }
  }
}
