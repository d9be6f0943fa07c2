package dev.berth.cli;

import dev.berth.cli.term.Terminal;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A word that may follow `berth`.
///
/// @param name as it is typed
/// @param summary what it does, in a few words, for the list of verbs
/// @param command makes the command, a class with picocli's annotations whose `call` answers the
///     exit code; null for a noun
/// @param verbs what may follow a noun; empty for a verb
record Verb(
    String name,
    String summary,
    @Nullable Function<Terminal, Callable<Integer>> command,
    List<Verb> verbs) {
  static Verb of(String name, String summary, Function<Terminal, Callable<Integer>> command) {
    return new Verb(name, summary, command, List.of());
  }

  static Verb noun(String name, String summary, Verb... verbs) {
    return new Verb(name, summary, null, List.of(verbs));
  }
}
