package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Each row of docs/docker-verbs.md that the command line is said to have is typed by some test of
/// this package, verb and flag, against real runtimes. It does not see what that test makes of it.
class DockerRowsIT {
  private static final Pattern ROW =
      Pattern.compile("^\\| `(?<words>[^`]+)` \\| (same|different) \\|.*");
  private static final Set<String> GROUPS = Set.of("image", "volume", "network", "node");

  private static String sources() throws IOException {
    Path tests = Repository.root().resolve("e2e-tests/src/test/java/dev/berth/e2e");
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(tests)) {
      files
          .filter(each -> !each.endsWith("DockerRowsIT.java"))
          .forEach(each -> all.append(text(each)));
    }
    return all.toString();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isTyped(String sources, List<String> words) {
    String verb = words.get(GROUPS.contains(words.getFirst()) && words.size() > 1 ? 1 : 0);
    List<String> flags = words.stream().filter(word -> word.startsWith("-")).toList();
    return sources.contains("\"" + verb + "\"")
        && (flags.isEmpty()
            || flags.stream()
                .anyMatch(
                    flag ->
                        sources.contains("\"" + flag + "\"")
                            || sources.contains("\"" + flag + "=")));
  }

  @Test
  void eachRowIsTyped() throws IOException {
    String sources = sources();
    List<List<String>> rows =
        Files.readAllLines(Repository.root().resolve("docs/docker-verbs.md")).stream()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .map(row -> List.of(row.group("words").split(" ", -1)))
            .toList();
    assertTrue(rows.size() > 150, "the table is read: " + rows.size());
    assertEquals(List.of(), rows.stream().filter(row -> !isTyped(sources, row)).toList());
  }
}
