package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.ConsoleOpened;
import dev.berth.v1.ConsoleStreamRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.OpenConsole;
import dev.berth.v1.OpenStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One user's call for a console, from the message that names it to its end.
final class ConsoleCall implements StreamObserver<AttachConsoleRequest> {
  private static final String CAPABILITY = "console";

  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final BrokeredStream<AttachConsoleResponse> stream;
  private @Nullable Instance instance;
  private boolean opened;

  /// Must be made while the call is being started.
  ConsoleCall(
      ControllerLoop loop,
      StreamBroker broker,
      ServerCallStreamObserver<AttachConsoleResponse> user) {
    this.loop = loop;
    this.broker = broker;
    this.stream = BrokeredStream.bothWays(user, this::view);
  }

  @Override
  public void onNext(AttachConsoleRequest message) {
    if ((instance == null) != message.hasOpen()) {
      throw StatusMapper.badField(
          "message",
          "value: %s (expected: open first, then input)".formatted(message.getMessageCase()));
    }
    if (message.hasOpen()) {
      open(message.getOpen());
      return;
    }
    int size = message.getInput().size();
    if (!message.hasInput() || size > BrokeredStream.CHUNK_MAX) {
      throw StatusMapper.badField(
          "input",
          "length: %d (expected: at most %d bytes)".formatted(size, BrokeredStream.CHUNK_MAX));
    }
    stream.input(message.getInput());
  }

  @Override
  public void onError(Throwable cause) {
    // The user left; the stream hears of it by itself.
  }

  @Override
  public void onCompleted() {
    if (instance == null) {
      throw StatusMapper.badField("message", "none came (expected: open first, then input)");
    }
    stream.endInput();
  }

  private void open(OpenConsole request) {
    ClusterState state = Answers.snapshot(loop).state();
    InstanceRecord found =
        InstanceLookup.find(state, Namespaces.one(request.getNamespace()), request.getInstance());
    Instance message = found.message();
    String name = message.getName();
    InstanceState now = message.getStatus().getState();
    if (now != InstanceState.INSTANCE_STATE_RUNNING
        && now != InstanceState.INSTANCE_STATE_STOPPING) {
      throw StatusMapper.refused(
          RefusalCode.FAILED_PRECONDITION,
          "%s does not run: it is %s; 'berth logs' shows what it wrote"
              .formatted(name, now.name().substring("INSTANCE_STATE_".length())));
    }
    StreamBroker.Target target = StreamBroker.Target.of(state, found, "the console of " + name);
    if (!Capabilities.has(state.node(found.node()), message, CAPABILITY)) {
      throw StatusMapper.refused(
          RefusalCode.FAILED_PRECONDITION,
          name + " has no console: only virtual machines have one; 'berth logs' shows output");
    }
    instance = message;
    broker.open(
        target,
        OpenStream.newBuilder()
            .setConsole(
                ConsoleStreamRequest.newBuilder()
                    .setInstanceId(found.id())
                    .setForce(request.getForce())),
        stream);
  }

  /// Called by one thread at a time, as the agent's messages come in.
  private Optional<AttachConsoleResponse> view(AttachStreamRequest message) {
    Instance attached = instance;
    AttachConsoleResponse.Builder view = AttachConsoleResponse.newBuilder();
    if (!opened && message.hasOpened() && attached != null) {
      opened = true;
      return Optional.of(
          view.setOpened(
                  ConsoleOpened.newBuilder()
                      .setInstanceId(attached.getId())
                      .setName(attached.getName()))
              .build());
    }
    return opened && message.hasData()
        ? Optional.of(view.setOutput(message.getData()).build())
        : Optional.empty();
  }
}
