package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ExecCapable;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.OpenExec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GuestCommandTest {
  private static final String RUNS = "{\"return\":{\"exited\":false}}";

  private final List<String> asked = new ArrayList<>();
  private final Deque<Object> answers = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private Runnable whileStarting = () -> {};
  private final GuestAgent agent = new GuestAgent(this::answer, new UUID(1, 2));

  private synchronized Optional<String> answer(UUID machine, String question)
      throws HypervisorException {
    assertEquals(new UUID(1, 2), machine);
    asked.add(question);
    if (question.contains("kill -s HUP")) {
      ended.countDown();
      return Optional.of("{\"return\":{\"pid\":8}}");
    }
    if (question.contains("\"guest-exec\"")) {
      whileStarting.run();
    }
    Object next = answers.size() > 1 ? answers.remove() : answers.element();
    if (next instanceof String said) {
      return Optional.of(said);
    }
    throw new HypervisorException(
        HypervisorException.Kind.FAILED, String.valueOf(((Exception) next).getMessage()), null);
  }

  private void answers(Object... given) {
    answers.addAll(List.of(given));
  }

  private static OpenExec.Builder command(String... words) {
    return OpenExec.newBuilder().addAllCommand(List.of(words));
  }

  private static List<String> read(GuestCommand command) throws DriverException {
    List<String> said = new ArrayList<>();
    for (Optional<LogChunk> next = command.read(); next.isPresent(); next = command.read()) {
      String mark = next.get().getSource() == LogSource.LOG_SOURCE_STDERR ? "!" : "";
      said.add(mark + next.get().getData().toStringUtf8());
    }
    return said;
  }

  @Test
  void tellsBothOutputsAndTheExitCodeWhenItHasEnded() throws Exception {
    answers(
        "{\"return\":{\"pid\":7}}",
        RUNS,
        RUNS,
        "{\"return\":{\"exited\":true,\"exitcode\":3,\"out-data\":\"aGk=\",\"err-data\":\"b2g=\"}}");
    try (GuestCommand made = GuestCommand.start(agent, command("ls", "-l").build())) {
      assertEquals(List.of("hi", "!oh"), read(made));
      assertEquals(3, made.exitCode());
    }
    assertEquals(
        "{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"ls\",\"arg\":[\"-l\"],\"capture-output\":true}}",
        asked.getFirst());
    assertTrue(asked.getLast().contains("\"pid\":7"), asked.toString());
  }

  @Test
  void startsWhenAllInputHasCome() throws Exception {
    answers("{\"return\":{\"pid\":7}}", "{\"return\":{\"exited\":true,\"signal\":9}}");
    OpenExec.Builder reads = command("cat").setInput(true).putEnv("A", "b").setWorkingDir("/tmp");
    try (GuestCommand made = GuestCommand.start(agent, reads.build())) {
      assertTrue(asked.isEmpty());
      made.write(ByteString.copyFromUtf8("h"));
      made.write(ByteString.copyFromUtf8("i"));
      made.endInput();
      assertEquals(List.of(), read(made));
      assertEquals(137, made.exitCode());
    }
    String start = asked.getFirst();
    assertTrue(start.contains("\"input-data\":\"aGk=\""), start);
    assertTrue(start.contains("\"/tmp\",\"env\",\"A=b\",\"cat\""), start);
  }

  @Test
  void largeOutputComesInPieces() throws Exception {
    String much = "A".repeat(4 * 40_000);
    answers(
        "{\"return\":{\"pid\":7}}",
        "{\"return\":{\"exited\":true,\"exitcode\":0,\"out-data\":\""
            + much
            + "\",\"out-truncated\":true}}");
    try (GuestCommand made = GuestCommand.start(agent, command("yes").build())) {
      List<String> said = read(made);
      assertEquals(5, said.size());
      assertTrue(said.getLast().startsWith("!berth: the guest agent kept only"), said.getLast());
    }
  }

  @Test
  void whoeverLeavesEndsIt() throws Exception {
    answers("{\"return\":{\"pid\":7}}", RUNS);
    GuestCommand made = GuestCommand.start(agent, command("sleep", "1000").build());
    made.close();
    assertTrue(ended.await(1, TimeUnit.MINUTES));
    assertTrue(asked.getLast().contains("\"7\""), asked.toString());
  }

  @Test
  void whoeverLeavesWhileItIsBeingStartedEndsIt() throws Exception {
    answers("{\"return\":{\"pid\":7}}", RUNS);
    GuestCommand made = GuestCommand.start(agent, command("sleep", "9").setInput(true).build());
    made.endInput();
    whileStarting = made::close;
    assertEquals(List.of(), read(made));
    assertTrue(ended.await(1, TimeUnit.MINUTES));
    synchronized (this) {
      assertTrue(
          asked.stream().anyMatch(each -> each.endsWith("\"7\"],\"capture-output\":false}}")),
          asked.toString());
    }
  }

  @Test
  void whatIsDetachedGoesOn() throws Exception {
    answers("{\"return\":{\"pid\":7}}");
    try (GuestCommand made = GuestCommand.start(agent, command("sleep").setDetach(true).build())) {
      made.leave();
    }
    assertEquals(1, asked.size());
    assertTrue(asked.getFirst().contains("\"capture-output\":false"), asked.toString());
  }

  private String reason(OpenExec.Builder command) {
    return assertThrows(
            DriverException.class, () -> GuestCommand.start(agent, command.build()).close())
        .failure()
        .reason();
  }

  @Test
  void saysWhatAGuestAgentCannotDoAndWhenThereIsNone() throws Exception {
    assertEquals("ExecRefused", reason(command("sh").setTerminal(true)));
    assertEquals("ExecRefused", reason(command("sh").setUser("nobody")));
    answers(new Exception("Guest agent is not responding: QEMU guest agent is not connected"));
    assertEquals("NoGuestAgent", reason(command("ls")));
    answers.clear();
    answers(
        new Exception(
            "Failed to execute child process \u201cno\u201d (No such file or directory)"));
    assertEquals(ExecCapable.NOT_FOUND, reason(command("no")));
    answers.clear();
    answers(new Exception("The command guest-exec has been disabled for this instance"));
    assertEquals("ExecRefused", reason(command("ls")));
    answers.clear();
    answers(new Exception("Failed to execute child process (Permission denied)"));
    try (GuestCommand made = GuestCommand.start(agent, command("/etc").setInput(true).build())) {
      made.endInput();
      assertTrue(read(made).getFirst().startsWith("!berth: "));
      assertEquals(126, made.exitCode());
    }
  }

  @Test
  void refusesMoreInputThanAGuestAgentTakes() throws Exception {
    try (GuestCommand made = GuestCommand.start(agent, command("cat").setInput(true).build())) {
      made.write(ByteString.copyFrom(new byte[GuestCommand.INPUT_MAX]));
      assertThrows(DriverException.class, () -> made.write(ByteString.copyFromUtf8("x")));
    }
  }
}
