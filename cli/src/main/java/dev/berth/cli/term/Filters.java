package dev.berth.cli.term;

import dev.berth.spec.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What `--filter KEY=VALUE` lets through. Several values of one key mean any of them, as with
/// docker.
///
/// @param given as users wrote them
public record Filters(List<String> given) {
  /// Copies the list.
  public Filters {
    given = List.copyOf(given);
  }

  /// What a filter means.
  ///
  /// @param <T> the items
  public interface Fit<T> {
    /// Whether an item has the value of a key.
    boolean fits(T item, String key, String wanted);
  }

  /// Refuses filters that the verb does not know.
  ///
  /// @throws FailureException with exit code 2
  public void check(List<String> known) {
    for (String filter : given) {
      int equals = filter.indexOf('=');
      if (equals < 1 || !known.contains(filter.substring(0, equals))) {
        throw FailureException.usage(
            "--filter: value: "
                + Printable.quote(filter)
                + " (expected: KEY=VALUE with a key of "
                + String.join(", ", known)
                + ")");
      }
    }
  }

  /// Whether labels have what a filter `label=KEY` or `label=KEY=VALUE` wants.
  public static boolean hasLabel(Map<String, String> labels, String wanted) {
    int equals = wanted.indexOf('=');
    return equals < 0
        ? labels.containsKey(wanted)
        : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
  }

  /// Whether a filter wants this: "true" or "1", "false" or "0", in any case of letters.
  public static boolean isWanted(boolean value, String wanted) {
    return wanted.equalsIgnoreCase(Boolean.toString(value)) || wanted.equals(value ? "1" : "0");
  }

  /// The keys that were given.
  public Set<String> keys() {
    return given.stream()
        .map(filter -> filter.substring(0, filter.indexOf('=')))
        .collect(Collectors.toSet());
  }

  /// Whether an item fits every key.
  public <T> boolean let(T item, Fit<T> fit) {
    Map<String, Boolean> fits = new HashMap<>();
    for (String filter : given) {
      int equals = filter.indexOf('=');
      String key = filter.substring(0, equals);
      var _ =
          fits.merge(key, fit.fits(item, key, filter.substring(equals + 1)), Boolean::logicalOr);
    }
    return !fits.containsValue(false);
  }
}
