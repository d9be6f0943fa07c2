package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.Kind;
import dev.berth.v1.OpenExec;
import dev.berth.v1.TerminalSize;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ExecRulesTest {
  private static final OpenExec GOOD =
      OpenExec.newBuilder()
          .addCommand("sh")
          .putEnv("A", "b")
          .setUser("1000:1000")
          .setWorkingDir("/tmp")
          .setTerminal(true)
          .setInput(true)
          .setSize(size(80, 24))
          .build();

  private static TerminalSize size(int columns, int rows) {
    return TerminalSize.newBuilder().setColumns(columns).setRows(rows).build();
  }

  private static List<String> wrong(UnaryOperator<OpenExec.Builder> change, Kind kind) {
    return ExecRules.check(change.apply(GOOD.toBuilder()).build(), kind).stream()
        .map(Violation::toString)
        .toList();
  }

  private static void assertWrong(String expected, UnaryOperator<OpenExec.Builder> change) {
    assertEquals(List.of(expected), wrong(change, Kind.KIND_CONTAINER));
  }

  @Test
  void takesWhatIsWithinBounds() {
    assertEquals(List.of(), wrong(exec -> exec, Kind.KIND_CONTAINER));
    assertEquals(List.of(), wrong(exec -> exec.setWorkingDir("/"), Kind.KIND_PROCESS));
    assertEquals(List.of(), wrong(exec -> exec.setPrivileged(true), Kind.KIND_CONTAINER));
    assertEquals(List.of(), ExecRules.check(size(10_000, 1)));
  }

  @Test
  void namesWhatIsWrong() {
    assertWrong(
        "command: missing (expected: the program and its arguments)",
        OpenExec.Builder::clearCommand);
    assertWrong(
        "command[1]: value: \"a\\u{0}b\" (expected: no NUL character)",
        exec -> exec.addCommand("a\0b"));
    assertWrong(
        "detach: excludes input and a terminal (expected: one or the other)",
        exec -> exec.setDetach(true));
    assertWrong("size.rows: value: 0 (expected: 1 to 10000)", exec -> exec.setSize(size(1, 0)));
    assertEquals(
        List.of("privileged: for containers alone (expected: false)"),
        wrong(exec -> exec.setPrivileged(true), Kind.KIND_PROCESS));
    assertEquals(1, wrong(exec -> exec.putEnv("a b", "c"), Kind.KIND_CONTAINER).size());
    assertEquals(1, wrong(exec -> exec.setUser("a b"), Kind.KIND_CONTAINER).size());
    assertEquals(1, wrong(exec -> exec.setWorkingDir("tmp"), Kind.KIND_CONTAINER).size());
    assertEquals(1, ExecRules.check(size(-1, 5)).size());
  }
}
