package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ExecRules;
import dev.berth.spec.Violation;
import dev.berth.v1.AttachOpened;
import dev.berth.v1.AttachRequest;
import dev.berth.v1.AttachResponse;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.ConsoleStreamRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenAttach;
import dev.berth.v1.OpenStream;
import dev.berth.v1.ProgramStreamRequest;
import dev.berth.v1.StreamOpened;
import java.util.List;
import java.util.Optional;

/// The program of an instance, or a machine's console.
///
/// @param loop knows what runs where
record AttachDialogue(ControllerLoop loop) implements Dialogue<AttachRequest, AttachResponse> {
  private static final String PROGRAM = "attach";
  private static final String CONSOLE = "console";

  @Override
  public boolean opens(AttachRequest message) {
    return message.hasOpen();
  }

  @Override
  public Opening open(AttachRequest message) {
    OpenAttach attach = message.getOpen();
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found =
        InstanceLookup.find(state, Namespaces.one(attach.getNamespace()), attach.getInstance());
    Instance instance = found.message();
    List<Violation> wrong = attach.hasSize() ? ExecRules.check(attach.getSize()) : List.of();
    if (!wrong.isEmpty()) {
      throw StatusMapper.badFields(wrong);
    }
    boolean machine = instance.getKind() == Kind.KIND_VM;
    CapableInstance capable =
        CapableInstance.running(
            state,
            found,
            machine ? CONSOLE : PROGRAM,
            "has a driver that cannot attach to what it runs; 'berth logs' shows output");
    Audit.say("attach", instance, "");
    OpenStream.Builder request = OpenStream.newBuilder();
    if (machine) {
      request.setConsole(
          ConsoleStreamRequest.newBuilder().setInstanceId(found.id()).setForce(attach.getForce()));
    } else {
      request.setProgram(
          ProgramStreamRequest.newBuilder().setInstanceId(found.id()).setOptions(attach));
    }
    return new Opening(capable.agent(), request, instance);
  }

  @Override
  public AttachStreamResponse input(AttachRequest message) {
    return switch (message.getMessageCase()) {
      case INPUT -> Pieces.data("input", message.getInput());
      case SIZE -> Pieces.size(message.getSize());
      case OPEN, MESSAGE_NOT_SET ->
          throw StatusMapper.badField("message", "none (expected: input or size)");
    };
  }

  @Override
  public AttachResponse opened(Instance instance, StreamOpened opened) {
    boolean machine = instance.getKind() == Kind.KIND_VM;
    return AttachResponse.newBuilder()
        .setOpened(
            AttachOpened.newBuilder()
                .setInstanceId(instance.getId())
                .setName(instance.getName())
                .setTerminal(machine || opened.getTerminal())
                .setInput(machine || opened.getInput()))
        .build();
  }

  @Override
  public Optional<AttachResponse> output(AttachStreamRequest message) {
    AttachResponse.Builder view = AttachResponse.newBuilder();
    return switch (message.getMessageCase()) {
      case DATA -> Optional.of(view.setOutput(message.getData()).build());
      case ERROR_DATA -> Optional.of(view.setErrorOutput(message.getErrorData()).build());
      default -> Optional.empty();
    };
  }
}
