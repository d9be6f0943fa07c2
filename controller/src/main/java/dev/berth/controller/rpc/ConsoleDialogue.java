package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.ConsoleOpened;
import dev.berth.v1.ConsoleStreamRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.OpenConsole;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamOpened;
import java.util.Optional;

/// The console of a machine, also of one that is being stopped.
///
/// @param loop knows what runs where
record ConsoleDialogue(ControllerLoop loop)
    implements Dialogue<AttachConsoleRequest, AttachConsoleResponse> {
  private static final String CAPABILITY = "console";

  @Override
  public boolean opens(AttachConsoleRequest message) {
    return message.hasOpen();
  }

  @Override
  public Opening open(AttachConsoleRequest message) {
    OpenConsole request = message.getOpen();
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found =
        InstanceLookup.find(state, Namespaces.one(request.getNamespace()), request.getInstance());
    Instance instance = found.message();
    String name = instance.getName();
    InstanceState now = instance.getStatus().getState();
    if (now != InstanceState.INSTANCE_STATE_RUNNING
        && now != InstanceState.INSTANCE_STATE_STOPPING) {
      throw StatusMapper.refused(
          RefusalCode.FAILED_PRECONDITION,
          "%s does not run: it is %s; 'berth logs' shows what it wrote"
              .formatted(name, now.name().substring("INSTANCE_STATE_".length())));
    }
    StreamBroker.Target target = StreamBroker.Target.of(state, found, "the console of " + name);
    if (!Capabilities.has(state.node(found.node()), instance, CAPABILITY)) {
      throw StatusMapper.refused(
          RefusalCode.FAILED_PRECONDITION,
          name + " has no console: only virtual machines have one; 'berth logs' shows output");
    }
    Audit.say("console", instance, "");
    return new Opening(
        target,
        OpenStream.newBuilder()
            .setConsole(
                ConsoleStreamRequest.newBuilder()
                    .setInstanceId(found.id())
                    .setForce(request.getForce())),
        instance);
  }

  @Override
  public AttachStreamResponse input(AttachConsoleRequest message) {
    if (!message.hasInput()) {
      throw StatusMapper.badField("message", "none (expected: input)");
    }
    return Pieces.data("input", message.getInput());
  }

  @Override
  public AttachConsoleResponse opened(Instance instance, StreamOpened opened) {
    return AttachConsoleResponse.newBuilder()
        .setOpened(
            ConsoleOpened.newBuilder().setInstanceId(instance.getId()).setName(instance.getName()))
        .build();
  }

  @Override
  public Optional<AttachConsoleResponse> output(AttachStreamRequest message) {
    return message.hasData()
        ? Optional.of(AttachConsoleResponse.newBuilder().setOutput(message.getData()).build())
        : Optional.empty();
  }
}
