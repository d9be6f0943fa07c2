package dev.berth.spec;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.PullPolicy;

/// The bounds of a container's spec.
final class ContainerRules {
  private static final int ARGUMENTS_MAX = 256;
  private static final int ENTRYPOINT_MAX = 64;

  private ContainerRules() {}

  static void check(String path, ContainerSpec container, Findings findings) {
    findings.check(path + ".image", Names.imageProblem(container.getImage()));
    ProgramRules.words(path + ".command", container.getCommandList(), ARGUMENTS_MAX, findings);
    ProgramRules.words(
        path + ".entrypoint", container.getEntrypointList(), ENTRYPOINT_MAX, findings);
    ProgramRules.env(path + ".env", container.getEnvMap(), findings);
    if (!container.getWorkingDir().isEmpty() && !container.getWorkingDir().equals("/")) {
      findings.check(path + ".working_dir", Paths.problem(container.getWorkingDir()));
    }
    if (!container.getUser().isEmpty()) {
      findings.check(path + ".user", Names.userProblem(container.getUser()));
    }
    if (container.getStdinOnce() && !container.getStdin()) {
      findings.add(path + ".stdin_once", "needs stdin (expected: both, or neither)");
    }
    if (container.getPull() == PullPolicy.UNRECOGNIZED) {
      findings.add(
          path + ".pull",
          "value: " + container.getPullValue() + " (expected: if-missing, always or never)");
    }
    if (!container.getHostname().isEmpty()) {
      findings.check(path + ".hostname", Names.hostnameProblem(container.getHostname()));
    }
  }
}
