package dev.berth.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.term.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What docs/docker-verbs.md says is what the command line has.
class DockerVerbsTableTest {
  private static final Path PAGE = Path.of("../docs/docker-verbs.md");
  private static final Set<String> WORDS = Set.of("same", "different", "absent", "being built");

  /// A row of a table.
  ///
  /// @param verb of docker, one word or two
  /// @param flags of the verb; empty: the row is about the verb itself
  private record Row(List<String> verb, List<String> flags, String here, String how) {}

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (!line.startsWith("| `")) {
        continue;
      }
      String[] cells = line.split("\\|", -1);
      assertEquals(5, cells.length, line);
      List<String> words = List.of(cells[1].strip().replace("`", "").split(" ", -1));
      rows.add(
          new Row(
              words.stream().filter(word -> !word.startsWith("-")).toList(),
              words.stream().filter(word -> word.startsWith("-")).toList(),
              cells[2].strip(),
              cells[3].strip()));
    }
    return rows;
  }

  private static @Nullable Verb find(List<String> words) {
    List<Verb> among = Verbs.all();
    Verb found = null;
    for (String word : words) {
      found = among.stream().filter(each -> each.name().equals(word)).findFirst().orElse(null);
      among = found == null ? List.of() : found.verbs();
    }
    return found;
  }

  private static CommandLine parser(Verb verb) {
    return new CommandLine(Objects.requireNonNull(verb.command()).apply(Terminal.ofProcess()));
  }

  @Test
  void eachRowSaysOneOfFourWordsAndWhy() throws IOException {
    Set<String> seen = new HashSet<>();
    for (Row row : rows()) {
      assertTrue(WORDS.contains(row.here()), row.toString());
      assertTrue(
          row.here().equals("same") || row.here().equals("being built") || !row.how().isEmpty(),
          "no reason: " + row);
      assertTrue(seen.add(row.verb() + " " + row.flags()), "twice: " + row);
    }
    assertTrue(seen.size() > 100, "the page is there: " + seen.size());
  }

  @Test
  void whatIsCalledSameOrDifferentIsThere() throws IOException {
    for (Row row : rows()) {
      if (!row.here().equals("same") && !row.here().equals("different")) {
        continue;
      }
      Verb verb = find(row.verb());
      assertNotNull(verb, "no such verb: " + row);
      if (!row.flags().isEmpty()) {
        CommandLine parser = parser(verb);
        for (String flag : row.flags()) {
          assertNotNull(parser.getCommandSpec().findOption(flag), flag + ": " + row);
        }
      }
    }
  }

  @Test
  void whatIsCalledAbsentIsNotThere() throws IOException {
    for (Row row : rows()) {
      if (!row.here().equals("absent")) {
        continue;
      }
      Verb verb = find(row.verb());
      if (row.flags().isEmpty()) {
        assertNull(verb, row.toString());
      } else {
        assertNotNull(verb, row.toString());
        for (String flag : row.flags()) {
          assertNull(parser(verb).getCommandSpec().findOption(flag), flag + ": " + row);
        }
      }
    }
  }
}
