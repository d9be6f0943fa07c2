package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said to systemd, and what is made of its answers; systemd itself is not there.
class SystemdUnitTest {
  @TempDir Path root;

  private final List<String> said = new ArrayList<>();
  private final Deque<HostCommands.Output> answers = new ArrayDeque<>();

  private final HostCommands systemd =
      new HostCommands() {
        @Override
        public boolean has(String program) {
          return true;
        }

        @Override
        public Output run(List<String> words) {
          said.add(words.getFirst());
          return answers.removeFirst();
        }
      };

  private void answers(String... texts) {
    for (String text : texts) {
      answers.add(new HostCommands.Output(0, text + "\n"));
    }
  }

  private Path carriers() throws IOException {
    Path directory = root.resolve("cg/system.slice/berth-processes.service/carriers");
    Files.createDirectories(directory);
    // The kernel makes it with the directory.
    return Files.writeString(directory.resolve("cgroup.procs"), "");
  }

  @Test
  void aUnitThatRunsIsUsed() throws IOException {
    Path carriers = carriers();
    answers("/system.slice/berth-processes.service", "412");
    assertEquals(
        Optional.of(
            new SystemdUnit.Cgroup("system.slice/berth-processes.service", List.of(carriers))),
        new SystemdUnit(systemd).open(List.of(root.resolve("cg"))));
    assertEquals(List.of("systemctl", "systemctl"), said);
    assertEquals("412", Files.readString(carriers));
  }

  @Test
  void aUnitThatDoesNotRunIsStarted() throws IOException {
    Path carriers = carriers();
    answers("", "", "/system.slice/berth-processes.service", "412");
    assertEquals(
        List.of(carriers),
        new SystemdUnit(systemd).open(List.of(root.resolve("cg"))).orElseThrow().carriers());
    assertEquals(List.of("systemctl", "systemd-run", "systemctl", "systemctl"), said);
  }

  @Test
  void withoutItThereAreCgroupsOfOurOwn() {
    answers("");
    answers.add(new HostCommands.Output(1, "Interactive authentication required.\n"));
    assertEquals(Optional.empty(), new SystemdUnit(systemd).open(List.of(root)));
    answers("/", "0");
    assertEquals(Optional.empty(), new SystemdUnit(systemd).open(List.of(root)));
  }

  @Test
  void systemdIsFirstWhereItSaysSo() throws IOException {
    assertFalse(SystemdUnit.isFirst(root));
    Files.createDirectories(root.resolve("run/systemd/system"));
    assertTrue(SystemdUnit.isFirst(root));
  }
}
