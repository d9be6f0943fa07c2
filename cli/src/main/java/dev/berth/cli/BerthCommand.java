package dev.berth.cli;

import dev.berth.cli.term.ClosedPipeException;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `berth` command: finds the verb, runs it, and turns whatever happens into an exit code and
/// a message. Only the verb that is meant is loaded.
public final class BerthCommand {
  private static final List<String> GLOBAL_OPTIONS =
      List.of(
          "-n", "--namespace", "--context", "--addr", "--ca-cert", "--client-cert", "--client-key");

  private final Terminal terminal;

  /// @param terminal where it reads and writes
  public BerthCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Runs one command line; never throws.
  ///
  /// @return the exit code, 0 to 255
  public int run(List<String> arguments) {
    try {
      List<String> global = globalOptions(arguments);
      List<String> rest = arguments.subList(global.size(), arguments.size());
      if (rest.isEmpty() || isHelp(rest.getFirst())) {
        return help(rest, global);
      }
      if (rest.getFirst().equals("--version")) {
        rest = List.of("version", "--client");
      }
      Found found = find(Verbs.all(), "berth", rest, global);
      if (found == null) {
        return ExitCode.OK;
      }
      int code = VerbRun.run(found.path, found.verb, found.arguments, terminal);
      terminal.flush();
      return code;
    } catch (ClosedPipeException _) {
      return ExitCode.CLOSED_PIPE;
      // The boundary of the program: nobody above could say anything about it.
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      return failed(e);
    }
  }

  private int failed(Throwable problem) {
    try {
      terminal.flush();
    } catch (RuntimeException _) {
      // What could not be written is what the problem says, or less than that.
    }
    return Failures.report(problem, terminal);
  }

  private int help(List<String> rest, List<String> global) throws Exception {
    if (rest.size() > 1) {
      Found found = find(Verbs.all(), "berth", with(rest, "--help"), global);
      if (found != null) {
        VerbRun.run(found.path, found.verb, found.arguments, terminal);
      }
    } else {
      HelpText.overview(terminal);
    }
    terminal.flush();
    return ExitCode.OK;
  }

  private static List<String> with(List<String> rest, String last) {
    List<String> words = new ArrayList<>(rest.subList(1, rest.size()));
    words.add(last);
    return words;
  }

  /// Finds the verb that is meant; null when the help of a noun was all that was asked for.
  private @Nullable Found find(
      List<Verb> verbs, String path, List<String> words, List<String> global) {
    String name = words.getFirst();
    for (Verb verb : verbs) {
      if (!verb.name().equals(name)) {
        continue;
      }
      String full = path + " " + name;
      List<String> rest = words.subList(1, words.size());
      if (verb.command() != null) {
        List<String> arguments = new ArrayList<>(global);
        arguments.addAll(rest);
        return new Found(full, verb, arguments);
      }
      if (rest.isEmpty()) {
        throw FailureException.usage(
            full + ": a verb is missing\nexpected: " + HelpText.names(verb.verbs()));
      }
      if (isHelp(rest.getFirst())) {
        HelpText.noun(full, verb, terminal);
        terminal.flush();
        return null;
      }
      return find(verb.verbs(), full, rest, global);
    }
    throw unknown(verbs, path, name);
  }

  private static FailureException unknown(List<Verb> verbs, String path, String name) {
    String problem = (name.startsWith("-") ? "unknown option " : "unknown verb ");
    String meant = HelpText.closest(verbs, name);
    return FailureException.usage(
        path
            + ": "
            + problem
            + Printable.quote(name)
            + (meant == null ? "" : " (did you mean " + meant + "?)")
            + "\nsee "
            + path
            + " --help");
  }

  /// The options before the verb; they are given to the verb, which has the same.
  private static List<String> globalOptions(List<String> arguments) {
    int end = 0;
    while (end < arguments.size()) {
      String word = arguments.get(end);
      int equals = word.indexOf('=');
      if (equals > 0 && GLOBAL_OPTIONS.contains(word.substring(0, equals))) {
        end++;
      } else if (GLOBAL_OPTIONS.contains(word)) {
        if (end + 1 == arguments.size()) {
          throw FailureException.usage(word + ": a value is missing\nsee berth --help");
        }
        end += 2;
      } else {
        break;
      }
    }
    return arguments.subList(0, end);
  }

  private static boolean isHelp(String word) {
    return word.equals("--help") || word.equals("-h") || word.equals("help");
  }

  private record Found(String path, Verb verb, List<String> arguments) {}
}
