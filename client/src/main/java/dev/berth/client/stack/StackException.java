package dev.berth.client.stack;

import dev.berth.client.yaml.YamlProblem;
import java.util.List;

/// A stack file that cannot be accepted, with everything that is wrong with it.
public final class StackException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<YamlProblem> problems;

  StackException(String file, List<YamlProblem> problems) {
    super(file + ":" + problems.getFirst());
    this.problems = List.copyOf(problems);
  }

  /// What is wrong, in the order of the text; at least one.
  public List<YamlProblem> problems() {
    return problems;
  }
}
