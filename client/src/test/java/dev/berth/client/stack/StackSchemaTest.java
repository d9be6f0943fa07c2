package dev.berth.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.client.yaml.YamlNode;
import dev.berth.client.yaml.YamlProblems;
import dev.berth.client.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The published schema is the one that the table of fields makes, and the documentation's examples
/// satisfy both.
class StackSchemaTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");
  private static final Path SCHEMA = ROOT.resolve("docs/stack.schema.json");
  private static final Pattern EXAMPLE =
      Pattern.compile("```yaml\\n((?:#[^\\n]*\\n)*stack: .*?)```", Pattern.DOTALL);

  @Test
  void publishedSchemaIsUpToDate() throws IOException {
    String wanted = StackFile.jsonSchema();
    if (Boolean.getBoolean("berth.writeSchema")) {
      Files.writeString(SCHEMA, wanted);
    }
    assertEquals(
        wanted,
        Files.readString(SCHEMA),
        "write it anew: mvn -pl client test -Dtest=StackSchemaTest" + " -Dberth.writeSchema=true");
  }

  @Test
  void examplesInTheDocumentationAreGood() throws IOException, StackException {
    List<String> examples = examples();
    assertFalse(examples.isEmpty());
    for (String example : examples) {
      StackFile file = StackFile.read("example", example.getBytes(StandardCharsets.UTF_8));
      assertFalse(file.workloads().isEmpty());
      assertEquals(List.of(), new MiniSchema().check(tree(example)), example);
    }
  }

  @Test
  void schemaRefusesWhatTheReaderRefuses() {
    for (String bad :
        List.of(
            "stack: s\nworkloads: {w: {container: {image: demo}, replcas: 1}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, replicas: -1}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, replicas: \"1\"}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, type: cron}}",
            "stack: s\nworkloads: {w: {container: {}}}",
            "stack: s\nworkloads: {w: {}}",
            "stack: s\nworkloads: {W: {container: {image: demo}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, mounts: [{target: /a}]}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, placement: {spread: true}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, placement: {require: [1]}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, placement: {prefer: [{}]}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, placement: {affinity: [{}]}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, placement: {strategy: fast}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, placement: {nodeLabels: {}}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, priority: 0}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, disruptionBudget: {}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, resources: {devices: {a: 65}}}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, lostPolicy: forget}}",
            "stack: s\nworkloads: {w: {container: {image: demo}, resources: {memory: lots}}}",
            "stack: 1\nworkloads: {}",
            "workloads: {}")) {
      assertFalse(new MiniSchema().check(tree(bad)).isEmpty(), bad);
      assertTrue(isRefused(bad), bad);
    }
  }

  private static boolean isRefused(String text) {
    try {
      var _ = StackFile.read("bad", text.getBytes(StandardCharsets.UTF_8));
      return false;
    } catch (StackException _) {
      return true;
    }
  }

  private static YamlNode tree(String text) {
    YamlProblems problems = new YamlProblems();
    return Objects.requireNonNull(
        YamlReader.read(text.getBytes(StandardCharsets.UTF_8), problems), problems::toString);
  }

  private static List<String> examples() throws IOException {
    List<String> examples = new ArrayList<>();
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      List<Path> files =
          Stream.concat(
                  Stream.of(ROOT.resolve("README.md")),
                  docs.filter(path -> path.toString().endsWith(".md")))
              .toList();
      for (Path file : files) {
        Matcher matcher = EXAMPLE.matcher(Files.readString(file));
        while (matcher.find()) {
          examples.add(matcher.group(1));
        }
      }
    }
    return examples;
  }
}
