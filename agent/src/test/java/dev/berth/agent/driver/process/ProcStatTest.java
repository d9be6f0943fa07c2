package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcStatTest {
  private static final String FIELDS =
      " 1 42 42 0 -1 4194560 93 0 0 0 0 0 0 0 20 0 1 0 84602 2527232 409 18446744073709551615\n";

  @Test
  void readsWhatANameCannotConfuse() {
    for (String name : List.of("sh", "a b", "x) S 9 9", "(", ")", ") Z 1", "tab\tnl\n) R ")) {
      assertEquals(
          Optional.of(new ProcStat(new ProcessId(42, 84_602), 'S')),
          ProcStat.parse("42 (" + name + ") S" + FIELDS),
          name);
    }
  }

  @Test
  void whatWaitsToBeReapedIsNotAlive() {
    assertTrue(ProcStat.parse("42 (sh) S" + FIELDS).orElseThrow().isAlive());
    assertTrue(ProcStat.parse("42 (sh) D" + FIELDS).orElseThrow().isAlive());
    assertFalse(ProcStat.parse("42 (sh) Z" + FIELDS).orElseThrow().isAlive());
  }

  @Test
  void answersNothingToWhatIsNoSuchLine() {
    for (String line : List.of("", "42", "42 (sh", "42 (sh) S 1 2", "x (sh) S" + FIELDS, ") (")) {
      assertEquals(Optional.empty(), ProcStat.parse(line), line);
    }
  }

  @Test
  void aNoteIsReadWhenItIsWhole() {
    String whole = "4a9c 43 100 42 99 .\n";
    assertEquals(
        Optional.of(new RunNote("4a9c", new ProcessId(43, 100), new ProcessId(42, 99))),
        RunNote.parse(whole));
    for (int end = 0; end < whole.length() - 2; end++) {
      assertEquals(Optional.empty(), RunNote.parse(whole.substring(0, end)));
    }
    assertEquals(Optional.empty(), RunNote.parse("failed its cgroup cannot be entered\n"));
  }
}
