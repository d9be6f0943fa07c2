package dev.berth.agent.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostProgramsTest {
  private final HostPrograms programs = new HostPrograms();

  @Test
  void runsWhatIsThereAndTellsBothOutputsAndTheEnd() throws Exception {
    assertTrue(programs.has("sh"));
    assertEquals(
        new HostCommands.Output(3, "a\nb\n"),
        programs.run(List.of("sh", "-c", "echo a; echo b >&2; exit 3")));
  }

  @Test
  void wordsAreNotInterpreted() throws Exception {
    assertEquals("$HOME; *\n", programs.run(List.of("echo", "$HOME; *")).text());
  }

  @Test
  void moreFitsThanAPipeHolds() throws Exception {
    assertEquals(400_000, programs.run(List.of("sh", "-c", "printf %400000s x")).text().length());
  }

  @Test
  void whatIsNotThereIsAFailure() {
    assertFalse(programs.has("berth-no-such-program"));
    assertThrows(IOException.class, () -> programs.run(List.of("berth-no-such-program")));
  }
}
