package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.ForwardOpened;
import dev.berth.v1.ForwardPortRequest;
import dev.berth.v1.ForwardPortResponse;
import dev.berth.v1.ForwardStreamRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.OpenForward;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamOpened;
import java.util.Optional;

/// A connection to a port of an instance.
///
/// @param loop knows what runs where
record ForwardDialogue(ControllerLoop loop)
    implements Dialogue<ForwardPortRequest, ForwardPortResponse> {
  private static final String CAPABILITY = "forward";
  private static final int PORT_MAX = 65_535;

  @Override
  public boolean opens(ForwardPortRequest message) {
    return message.hasOpen();
  }

  @Override
  public Opening open(ForwardPortRequest message) {
    OpenForward forward = message.getOpen();
    if (forward.getPort() < 1 || forward.getPort() > PORT_MAX) {
      throw StatusMapper.badField(
          "port",
          "value: %s (expected: 1 to %d)"
              .formatted(Integer.toUnsignedString(forward.getPort()), PORT_MAX));
    }
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found =
        InstanceLookup.find(state, Namespaces.one(forward.getNamespace()), forward.getInstance());
    CapableInstance capable =
        CapableInstance.running(
            state,
            found,
            CAPABILITY,
            "has a driver that cannot connect to ports of what it runs; publish the port");
    Audit.say("port-forward", found.message(), "port " + forward.getPort());
    return new Opening(
        capable.agent(),
        OpenStream.newBuilder()
            .setForward(
                ForwardStreamRequest.newBuilder()
                    .setInstanceId(found.id())
                    .setPort(forward.getPort())),
        found.message());
  }

  @Override
  public AttachStreamResponse input(ForwardPortRequest message) {
    if (!message.hasData()) {
      throw StatusMapper.badField("message", "none (expected: data)");
    }
    return Pieces.data("data", message.getData());
  }

  @Override
  public ForwardPortResponse opened(Instance instance, StreamOpened opened) {
    return ForwardPortResponse.newBuilder()
        .setOpened(
            ForwardOpened.newBuilder().setInstanceId(instance.getId()).setName(instance.getName()))
        .build();
  }

  @Override
  public Optional<ForwardPortResponse> output(AttachStreamRequest message) {
    return message.hasData()
        ? Optional.of(ForwardPortResponse.newBuilder().setData(message.getData()).build())
        : Optional.empty();
  }
}
