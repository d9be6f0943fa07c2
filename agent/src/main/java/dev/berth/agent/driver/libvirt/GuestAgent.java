package dev.berth.agent.driver.libvirt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ExecCapable;
import dev.berth.agent.driver.PauseCapable;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// The guest agent of one machine: QEMU's, spoken to by libvirt. It runs programs, and tells their
/// output and exit code when they have ended.
///
/// @param channel reaches it
/// @param machine in which it runs
record GuestAgent(GuestChannel channel, UUID machine) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> NO_AGENT =
      List.of("not connected", "not responding", "not available", "not configured");
  private static final List<String> NO_SUCH_PROGRAM =
      List.of("no such file or directory", "failed to find", "not found");
  private static final List<String> TOO_MUCH =
      List.of("too large", "exceeds", "out of memory", "reply too");

  /// How a program stands.
  ///
  /// @param exitCode how it ended, 128 and more by a signal; empty: it runs
  /// @param output to its standard output, once it has ended
  /// @param errorOutput to its standard error, once it has ended
  /// @param cut whether the guest agent dropped what it had no room for
  record Status(
      Optional<Integer> exitCode, ByteString output, ByteString errorOutput, boolean cut) {}

  /// That of a machine that runs.
  static GuestAgent of(Hypervisor hypervisor, UUID machine) throws DriverException {
    try {
      Optional<MachineState> state = hypervisor.look(machine).map(MachineView::state);
      if (state.filter(MachineState.Active.class::isInstance).isPresent()) {
        return new GuestAgent(hypervisor, machine);
      }
    } catch (HypervisorException e) {
      throw Refusals.driver("ExecFailed", e);
    }
    throw DriverException.permanent(PauseCapable.NOT_RUNNING, "the machine does not run", null);
  }

  /// Starts a program.
  ///
  /// @param words its name and arguments
  /// @param input all of it
  /// @param heard whether its output is kept until it has ended
  /// @return its number in the guest
  /// @throws DriverException with a reason of [ExecCapable], or when nobody answers in the guest
  long start(List<String> words, ByteString input, boolean heard) throws DriverException {
    ObjectNode arguments = JSON.createObjectNode();
    arguments.put("path", words.getFirst());
    words.subList(1, words.size()).forEach(arguments.withArray("arg")::add);
    arguments.put("capture-output", heard);
    if (!input.isEmpty()) {
      arguments.put("input-data", Base64.getEncoder().encodeToString(input.toByteArray()));
    }
    return ask("guest-exec", arguments).path("pid").asLong();
  }

  /// Looks at a program. When it has ended it is forgotten: this is asked once more in vain.
  Status look(long pid) throws DriverException {
    ObjectNode arguments = JSON.createObjectNode();
    arguments.put("pid", pid);
    JsonNode answer = ask("guest-exec-status", arguments);
    if (!answer.path("exited").asBoolean()) {
      return new Status(Optional.empty(), ByteString.EMPTY, ByteString.EMPTY, false);
    }
    int code =
        answer.has("signal")
            ? 128 + answer.path("signal").asInt()
            : answer.path("exitcode").asInt();
    return new Status(
        Optional.of(code),
        bytes(answer, "out-data"),
        bytes(answer, "err-data"),
        answer.path("out-truncated").asBoolean() || answer.path("err-truncated").asBoolean());
  }

  private static ByteString bytes(JsonNode answer, String field) throws DriverException {
    try {
      return ByteString.copyFrom(
          answer.path(field).isMissingNode() ? new byte[0] : answer.path(field).binaryValue());
    } catch (IOException e) {
      throw DriverException.retryable("ExecFailed", "the guest agent's answer is broken", e);
    }
  }

  private JsonNode ask(String command, ObjectNode arguments) throws DriverException {
    ObjectNode question = JSON.createObjectNode();
    question.put("execute", command);
    question.set("arguments", arguments);
    Optional<String> answer;
    try {
      answer = channel.askGuest(machine, question.toString());
    } catch (HypervisorException e) {
      throw failure(e);
    }
    if (answer.isEmpty()) {
      throw DriverException.retryable("Vanished", "the machine is gone", null);
    }
    try {
      return JSON.readTree(answer.get()).path("return");
    } catch (JsonProcessingException e) {
      throw DriverException.retryable("ExecFailed", "the guest agent's answer is broken", e);
    }
  }

  private static DriverException failure(HypervisorException e) {
    String said = String.valueOf(e.getMessage());
    String lower = said.toLowerCase(Locale.ROOT);
    if (e.kind() == HypervisorException.Kind.AWAY) {
      return Refusals.driver("ExecFailed", e);
    }
    if (NO_AGENT.stream().anyMatch(lower::contains)) {
      return DriverException.permanent(
          "NoGuestAgent",
          "no guest agent answers in it (install and start qemu-guest-agent there); its console is"
              + " reached by 'berth console'",
          e);
    }
    if (lower.contains("disabled")) {
      return DriverException.permanent(
          "ExecRefused",
          "its guest agent is told not to run commands: see what it blocks, in the guest",
          e);
    }
    if (NO_SUCH_PROGRAM.stream().anyMatch(lower::contains)) {
      return DriverException.permanent(ExecCapable.NOT_FOUND, said, e);
    }
    if (lower.contains("permission denied")) {
      return DriverException.permanent(ExecCapable.NOT_EXECUTABLE, said, e);
    }
    if (TOO_MUCH.stream().anyMatch(lower::contains)) {
      return DriverException.permanent(
          "TooMuchOutput",
          "it wrote more than the guest agent can tell, some 7 MB: write it to a file in the guest",
          e);
    }
    return Refusals.driver("ExecFailed", e);
  }
}
