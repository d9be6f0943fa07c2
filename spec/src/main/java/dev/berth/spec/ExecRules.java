package dev.berth.spec;

import dev.berth.v1.Kind;
import dev.berth.v1.OpenExec;
import dev.berth.v1.TerminalSize;
import java.util.List;

/// The bounds of a command that is to run in an instance.
public final class ExecRules {
  private static final int WORDS_MAX = 1024;
  private static final int SIDE_MAX = 10_000;

  private ExecRules() {}

  /// What is wrong with it; empty: nothing.
  ///
  /// @param kind of the instance
  public static List<Violation> check(OpenExec exec, Kind kind) {
    Findings findings = new Findings();
    if (exec.getCommandCount() == 0 || exec.getCommand(0).isEmpty()) {
      findings.add("command", "missing (expected: the program and its arguments)");
    }
    ProgramRules.words("command", exec.getCommandList(), WORDS_MAX, findings);
    ProgramRules.env("env", exec.getEnvMap(), findings);
    if (!exec.getWorkingDir().isEmpty() && !exec.getWorkingDir().equals("/")) {
      findings.check("working_dir", Paths.problem(exec.getWorkingDir()));
    }
    if (!exec.getUser().isEmpty()) {
      findings.check("user", Names.userProblem(exec.getUser()));
    }
    if (exec.getPrivileged() && kind != Kind.KIND_CONTAINER) {
      findings.add("privileged", "for containers alone (expected: false)");
    }
    if (exec.getDetach() && (exec.getInput() || exec.getTerminal())) {
      findings.add("detach", "excludes input and a terminal (expected: one or the other)");
    }
    if (exec.hasSize()) {
      size("size", exec.getSize(), findings);
    }
    return findings.asList();
  }

  /// What is wrong with the size of a terminal; empty: nothing.
  public static List<Violation> check(TerminalSize size) {
    Findings findings = new Findings();
    size("size", size, findings);
    return findings.asList();
  }

  private static void size(String path, TerminalSize size, Findings findings) {
    findings.range(path + ".columns", size.getColumns(), 1, SIDE_MAX);
    findings.range(path + ".rows", size.getRows(), 1, SIDE_MAX);
  }
}
