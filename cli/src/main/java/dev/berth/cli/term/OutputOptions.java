package dev.berth.cli.term;

import com.google.protobuf.MessageOrBuilder;
import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import picocli.CommandLine.Option;

/// The options of verbs that list things.
public final class OutputOptions {
  /// What a list looks like.
  public enum Format {
    /// A table for people.
    TABLE,
    /// The same with more columns.
    WIDE,
    /// The API's message in the JSON mapping of protobuf.
    JSON,
    /// The same as YAML.
    YAML,
    /// Names, one a line.
    NAME
  }

  @Option(
      names = {"-o", "--output", "--format"},
      paramLabel = "table|wide|json|yaml|name",
      description = "What the output looks like; table unless given.")
  private String format = "table";

  @Option(
      names = {"-q", "--quiet"},
      description = "Prints identities only, one a line.")
  private boolean quiet;

  @Option(names = "--no-trunc", description = "Cuts nothing off.")
  private boolean noTrunc;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "KEY=VALUE",
      description = "Only what has this value; may be given several times.")
  private List<String> filters = new ArrayList<>();

  /// Refuses an unknown format, and filters that the verb does not know.
  ///
  /// @throws FailureException with exit code 2
  public void check(List<String> filterKeys) {
    var _ = format();
    new Filters(filters).check(filterKeys);
  }

  /// The format that was asked for.
  ///
  /// @throws FailureException with exit code 2 when it is unknown
  public Format format() {
    FormatNames.require(
        format,
        Arrays.stream(Format.values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList());
    return Format.valueOf(format.toUpperCase(Locale.ROOT));
  }

  /// True when only identities are wanted.
  public boolean quiet() {
    return quiet;
  }

  /// The first 12 digits of an id, or all with `--no-trunc`.
  public String id(String id) {
    return noTrunc || id.length() <= 12 ? id : id.substring(0, 12);
  }

  /// The keys of the filters that were given.
  public Set<String> filterKeys() {
    return new Filters(filters).keys();
  }

  /// Those that fit every filter.
  ///
  /// @param value answers the value of a key
  public <T> List<T> filter(List<T> items, BiFunction<T, String, String> value) {
    return filter(items, (item, key, wanted) -> wanted.equalsIgnoreCase(value.apply(item, key)));
  }

  /// Those that fit every filter.
  public <T> List<T> filter(List<T> items, Filters.Fit<T> fit) {
    Filters wanted = new Filters(filters);
    return items.stream().filter(item -> wanted.let(item, fit)).toList();
  }

  /// Prints a list in the way that was asked for.
  ///
  /// @param answer the API's message with the list, for JSON and YAML
  /// @param identity what an item is called
  /// @param table the list as a table; the argument says whether it is to be wide
  public <T> void print(
      Terminal terminal,
      List<T> items,
      MessageOrBuilder answer,
      Identity<T> identity,
      Function<Boolean, Table> table) {
    if (quiet) {
      items.forEach(item -> terminal.out().println(Printable.escape(id(identity.id(item)))));
      return;
    }
    switch (format()) {
      case TABLE -> table.apply(false).print(terminal, noTrunc);
      case WIDE -> table.apply(true).print(terminal, true);
      case JSON -> terminal.out().println(Json.pretty(answer));
      case YAML -> terminal.out().println(Json.toYaml(Json.pretty(answer)));
      case NAME ->
          items.forEach(item -> terminal.out().println(Printable.escape(identity.name(item))));
    }
  }

  /// What an item is called.
  ///
  /// @param <T> the items
  public interface Identity<T> {
    /// Its identity, for `-q`.
    String id(T item);

    /// Its name, for `-o name`.
    String name(T item);
  }
}
