package dev.berth.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionTest {
  @TempDir private Path directory;

  private static String script(String shell) {
    return new Berth(Map.of("BERTH_CONFIG", "/nonexistent/config")).run("completion", shell).out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void offersEveryVerb(String shell) {
    String script = script(shell);
    String verbs =
        script.lines().filter(line -> line.contains("up down run ps")).findFirst().orElseThrow();
    for (Verb verb : Verbs.all()) {
      assertTrue(
          verb.name().startsWith("_") || List.of(verbs.split("[ \"]", -1)).contains(verb.name()),
          verb.name());
    }
  }

  /// What bash offers for a command line whose last word is being typed.
  private List<String> offered(String... words) throws IOException, InterruptedException {
    Path program = directory.resolve("berth");
    Files.writeString(
        program, "#!/bin/sh\n[ \"$*\" = '__names targets' ] && printf 'web\\nweb.1\\napi\\n'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    String typed = program + " " + String.join(" ", words);
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source /dev/stdin; COMP_WORDS=("
                    + typed
                    + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _berth; printf '%s\\n'"
                    + " \"${COMPREPLY[@]}\"")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var to = bash.outputWriter(StandardCharsets.UTF_8)) {
      to.write(script("bash"));
    }
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int _ = bash.waitFor();
    return out.lines().toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"kill", "stats", "top", "port", "pause", "logs"})
  void bashOffersLiveNames(String verb) throws IOException, InterruptedException {
    assertEquals(List.of("web", "web.1"), offered(verb, "w"));
  }

  @Test
  void bashOffersInstancesWithAColonForCopies() throws IOException, InterruptedException {
    assertEquals(List.of("web:", "web.1:"), offered("cp", "we"));
  }
}
