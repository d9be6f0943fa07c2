package dev.berth.client.yaml;

import java.util.ArrayList;
import java.util.List;

/// Collects what is wrong with one file; the first 50 are kept.
public final class YamlProblems {
  private static final int MAX = 50;

  private final List<YamlProblem> problems = new ArrayList<>();

  /// Adds a problem; it is dropped when 50 are there already.
  public void add(Position at, String path, String message) {
    if (problems.size() < MAX) {
      problems.add(new YamlProblem(at, path, message));
    }
  }

  /// True when nothing was found.
  public boolean isEmpty() {
    return problems.isEmpty();
  }

  /// True when something was found at this very place.
  public boolean isKnown(Position at) {
    return problems.stream().anyMatch(problem -> problem.at().equals(at));
  }

  /// All of them in the order of the text.
  public List<YamlProblem> sorted() {
    return problems.stream().sorted().toList();
  }
}
