package dev.berth.cli.verb;

import dev.berth.cli.term.Terminal;
import dev.berth.client.stack.StackFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth validate`.
@Command(
    description = "Checks a stack file without a cluster.",
    footer = "Prints all that is wrong with it as FILE:LINE:COLUMN and ends with 2, or with 0.")
public final class ValidateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final StackArgument file = new StackArgument();

  /// @param terminal where it reads and writes
  public ValidateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    StackFile stack = file.read(terminal);
    int count = stack.workloads().size();
    terminal
        .out()
        .println(file.name() + ": good: " + count + (count == 1 ? " workload" : " workloads"));
    return 0;
  }
}
