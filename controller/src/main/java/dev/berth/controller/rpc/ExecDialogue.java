package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ExecRules;
import dev.berth.spec.Violation;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.ExecOpened;
import dev.berth.v1.ExecRequest;
import dev.berth.v1.ExecResponse;
import dev.berth.v1.ExecStreamRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.OpenExec;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamOpened;
import java.util.List;
import java.util.Optional;

/// A command in an instance.
///
/// @param loop knows what runs where
record ExecDialogue(ControllerLoop loop) implements Dialogue<ExecRequest, ExecResponse> {
  private static final String CAPABILITY = "exec";

  @Override
  public boolean opens(ExecRequest message) {
    return message.hasOpen();
  }

  @Override
  public Opening open(ExecRequest message) {
    OpenExec exec = message.getOpen();
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found =
        InstanceLookup.find(state, Namespaces.one(exec.getNamespace()), exec.getInstance());
    Instance instance = found.message();
    List<Violation> wrong = ExecRules.check(exec, instance.getKind());
    if (!wrong.isEmpty()) {
      throw StatusMapper.badFields(wrong);
    }
    CapableInstance capable = CapableInstance.running(state, found, CAPABILITY, missing(instance));
    Audit.exec(instance, exec.getCommandList());
    return new Opening(
        capable.agent(),
        OpenStream.newBuilder()
            .setExec(ExecStreamRequest.newBuilder().setInstanceId(found.id()).setOptions(exec)),
        instance);
  }

  private static String missing(Instance instance) {
    return switch (instance.getKind()) {
      case KIND_VM ->
          "has a driver that cannot run commands in machines; 'berth console "
              + instance.getName()
              + "' reaches it";
      case KIND_UNSPECIFIED, KIND_CONTAINER, KIND_PROCESS, UNRECOGNIZED ->
          "has a driver that cannot run commands in what it runs; update its agent";
    };
  }

  @Override
  public AttachStreamResponse input(ExecRequest message) {
    return switch (message.getMessageCase()) {
      case INPUT -> Pieces.data("input", message.getInput());
      case SIZE -> Pieces.size(message.getSize());
      case LEAVE -> AttachStreamResponse.newBuilder().setLeave(message.getLeave()).build();
      case OPEN, MESSAGE_NOT_SET ->
          throw StatusMapper.badField("message", "none (expected: input, size or leave)");
    };
  }

  @Override
  public ExecResponse opened(Instance instance, StreamOpened opened) {
    return ExecResponse.newBuilder()
        .setOpened(
            ExecOpened.newBuilder().setInstanceId(instance.getId()).setName(instance.getName()))
        .build();
  }

  @Override
  public Optional<ExecResponse> output(AttachStreamRequest message) {
    ExecResponse.Builder view = ExecResponse.newBuilder();
    return switch (message.getMessageCase()) {
      case DATA -> Optional.of(view.setOutput(message.getData()).build());
      case ERROR_DATA -> Optional.of(view.setErrorOutput(message.getErrorData()).build());
      case EXEC_ENDED -> Optional.of(view.setEnded(message.getExecEnded()).build());
      default -> Optional.empty();
    };
  }
}
