package dev.berth.cli.console;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Ending;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.EnvArguments;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.OpenExec;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `berth exec`.
@Command(
    description = "Runs a command in a running container or beside a running process.",
    footer = {
      "It ends with the command's exit code: 126 when it cannot be executed, 127 when it is not"
          + " there,",
      "125 when Berth itself failed. Whoever goes away ends the command; --detach-keys leave it"
          + " running."
    })
public final class ExecCommand extends ClusterVerb {
  @Option(
      names = {"-i", "--interactive"},
      description = "Gives the command the input of this one.")
  private boolean interactive;

  @Option(
      names = {"-t", "--tty"},
      description = "Gives the command a terminal.")
  private boolean tty;

  @Option(
      names = {"-d", "--detach"},
      description = "Starts the command and leaves it.")
  private boolean detach;

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER[:GROUP]",
      description = "User of the command; the instance's unless given.")
  private String user = "";

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "PATH",
      description = "Directory in which it starts; the instance's unless given.")
  private String workingDir = "";

  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME[=VALUE]",
      description = "Sets a variable; NAME alone passes the caller's.")
  private List<String> env = new ArrayList<>();

  @Option(names = "--env-file", paramLabel = "FILE", description = "Reads variables from a file.")
  private List<String> envFiles = new ArrayList<>();

  @Option(names = "--privileged", description = "Gives a container's command all rights.")
  private boolean privileged;

  @Option(
      names = "--detach-keys",
      paramLabel = "KEYS",
      description = "Keys that leave the command running; ctrl-p,ctrl-q unless given.")
  private String detachKeys = DetachKeys.DEFAULT;

  @Parameters(
      arity = "2..*",
      paramLabel = "INSTANCE COMMAND [ARGUMENT…]",
      description = "Slot or id, or a workload that has one slot; and what to run there.")
  private List<String> words = new ArrayList<>();

  /// @param terminal where it reads and writes
  public ExecCommand(Terminal terminal) {
    super(terminal);
  }

  /// What follows the instance belongs to the command, options too.
  @Spec
  void endOptionsAtInstance(CommandSpec spec) {
    spec.parser().stopAtPositional(true);
  }

  @Override
  protected int failureCode() {
    return Ending.NO_CODE;
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(words.getFirst());
    var _ = DetachKeys.parse(detachKeys);
    if (detach && (interactive || tty)) {
      throw FailureException.usage("-d excludes -i and -t (expected: one or the other)");
    }
    if (interactive && tty && !terminal().inIsTerminal()) {
      throw FailureException.usage(
          "-t: the input is no terminal (expected: -i alone when something is piped in)");
    }
  }

  @Override
  protected int run(Cluster cluster) {
    try (var stream = ExecStream.open(cluster.exec(), wanted(cluster))) {
      String slot = stream.awaitOpened().getOpened().getName();
      boolean ended;
      try {
        ended =
            new TerminalSession(terminal(), stream, DetachKeys.parse(detachKeys))
                .run(interactive, tty);
      } catch (StatusRuntimeException e) {
        throw new FailureException(Ending.NO_CODE, brokenOff(slot, e, cluster), e);
      }
      if (!ended) {
        terminal().say("\nleft " + slot + "; the command goes on");
        return ExitCode.OK;
      }
      return stream
          .exitCode()
          .orElseThrow(
              () ->
                  new FailureException(
                      Ending.NO_CODE, "nobody said how the command in " + slot + " ended"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(Ending.NO_CODE, "interrupted", e);
    }
  }

  private OpenExec wanted(Cluster cluster) {
    OpenExec.Builder exec =
        OpenExec.newBuilder()
            .setNamespace(cluster.namespace())
            .setInstance(OneInstance.find(cluster, words.getFirst()))
            .addAllCommand(words.subList(1, words.size()))
            .putAllEnv(EnvArguments.parse(env, envFiles, terminal().environment()))
            .setUser(user)
            .setWorkingDir(workingDir)
            .setTerminal(tty)
            .setInput(interactive)
            .setDetach(detach)
            .setPrivileged(privileged);
    if (tty && terminal().inIsTerminal()) {
      new WindowSize(Stty.ofProcess()).now().ifPresent(exec::setSize);
    }
    return exec.build();
  }

  private static String brokenOff(String slot, StatusRuntimeException e, Cluster cluster) {
    return "the command in " + slot + " broke off: " + Refusals.describeBreak(e, cluster);
  }
}
