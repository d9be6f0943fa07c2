package dev.berth.cli;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// Parses a verb's arguments and calls it.
final class VerbRun {
  private static final int HELP_WIDTH_LEAST = 60;
  private static final int HELP_WIDTH_MOST = 110;

  private VerbRun() {}

  /// @param path of the verb, for messages: `berth node ls`
  static int run(String path, Verb verb, List<String> arguments, Terminal terminal)
      throws Exception {
    Callable<Integer> command = Objects.requireNonNull(verb.command()).apply(terminal);
    CommandLine line = commandLine(path, verb, command);
    CommandLine.ParseResult parsed;
    try {
      parsed = line.parseArgs(arguments.toArray(new String[0]));
    } catch (CommandLine.ParameterException e) {
      throw FailureException.usage(
          path + ": " + Printable.escape(decapitalised(e)) + "\nsee " + path + " --help");
    }
    if (parsed.isUsageHelpRequested()) {
      int columns = Math.clamp(terminal.columns(), HELP_WIDTH_LEAST, HELP_WIDTH_MOST);
      line.setUsageHelpWidth(columns);
      line.usage(terminal.out(), CommandLine.Help.Ansi.OFF);
      return ExitCode.OK;
    }
    return command.call();
  }

  private static CommandLine commandLine(String path, Verb verb, Callable<Integer> command) {
    CommandLine line = new CommandLine(command);
    line.setCommandName(path);
    line.setExpandAtFiles(false);
    line.setInterpolateVariables(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    CommandLine.Model.CommandSpec spec = line.getCommandSpec();
    if (spec.usageMessage().description().length == 0) {
      spec.usageMessage().description(verb.summary() + ".");
    }
    if (spec.findOption("--help") == null) {
      spec.addOption(
          OptionSpec.builder("--help").usageHelp(true).description("Shows this.").build());
    }
    return line;
  }

  private static String decapitalised(CommandLine.ParameterException e) {
    String message = String.valueOf(e.getMessage());
    return message.isEmpty()
        ? message
        : Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }
}
