package dev.berth.controller.rpc;

import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.CopyToInstanceOrder;
import dev.berth.v1.CopyToInstanceRequest;
import dev.berth.v1.CopyToInstanceResponse;
import dev.berth.v1.OpenStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/// One user's call that puts an archive into an instance, from the message that says where to its
/// end.
final class CopyToCall implements StreamObserver<CopyToInstanceRequest> {
  private static final String EXPECTED = "(expected: open first, then data)";

  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final BrokeredStream<CopyToInstanceResponse> stream;
  private boolean opened;

  /// Must be made while the call is being started.
  CopyToCall(
      ControllerLoop loop,
      StreamBroker broker,
      ServerCallStreamObserver<CopyToInstanceResponse> user) {
    this.loop = loop;
    this.broker = broker;
    this.stream =
        BrokeredStream.bothWays(
            user,
            message ->
                message.hasDone()
                    ? Optional.of(CopyToInstanceResponse.getDefaultInstance())
                    : Optional.empty());
  }

  @Override
  public void onNext(CopyToInstanceRequest message) {
    if (opened == message.hasOpen()) {
      throw StatusMapper.badField(
          "message", "value: %s %s".formatted(message.getMessageCase(), EXPECTED));
    }
    if (message.hasOpen()) {
      open(message.getOpen());
      return;
    }
    if (!message.hasData()) {
      throw StatusMapper.badField("message", "none (expected: data)");
    }
    stream.input(Pieces.data("data", message.getData()));
  }

  @Override
  public void onError(Throwable cause) {
    // The user left; the stream hears of it by itself.
  }

  @Override
  public void onCompleted() {
    if (!opened) {
      throw StatusMapper.badField("message", "none came " + EXPECTED);
    }
    stream.endInput();
  }

  private void open(CopyToInstanceOrder order) {
    CopySubject subject =
        CopySubject.find(loop, order.getNamespace(), order.getInstance(), order.getPath())
            .audited("copy to");
    opened = true;
    broker.open(
        subject.agent(),
        OpenStream.newBuilder()
            .setCopyTo(subject.asked().toBuilder().setKeepOwners(order.getKeepOwners())),
        stream);
  }
}
