package dev.berth.controller.rpc;

import com.google.protobuf.ByteString;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.Image;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamFailure;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;

/// A stream that an agent was asked for and has dialled, as the agent sees it.
final class DialledStream {
  final OpenStream asked;
  final Recorder<AttachStreamRequest, AttachStreamResponse> hears;
  final ClientCallStreamObserver<AttachStreamRequest> says;

  /// Takes all that comes at once.
  DialledStream(FakeAgent agent) throws Exception {
    this(agent, -1);
  }

  /// @param prefetch messages that it asks for before it takes any; below 0: no bound
  DialledStream(FakeAgent agent, int prefetch) throws Exception {
    asked = agent.asked();
    hears = new Recorder<>(prefetch);
    says =
        (ClientCallStreamObserver<AttachStreamRequest>)
            AgentServiceGrpc.newStub(agent.channel).attachStream(hears);
    says.onNext(AttachStreamRequest.newBuilder().setStreamId(asked.getStreamId()).build());
  }

  DialledStream says(AttachStreamRequest.Builder message) {
    says.onNext(message.build());
    return this;
  }

  DialledStream data(String text) {
    return says(AttachStreamRequest.newBuilder().setData(ByteString.copyFromUtf8(text)));
  }

  DialledStream has(Image.Builder image) {
    return says(AttachStreamRequest.newBuilder().setImage(image));
  }

  DialledStream has(String image) {
    return has(Image.newBuilder().addNames(image));
  }

  DialledStream fails(Status.Code code, String message) {
    return says(
        AttachStreamRequest.newBuilder()
            .setFailure(StreamFailure.newBuilder().setCode(code.value()).setMessage(message)));
  }

  void ends() {
    says.onCompleted();
  }

  /// What came in, up to its end.
  String input() throws Exception {
    StringBuilder text = new StringBuilder();
    AttachStreamResponse next = hears.next();
    while (!next.hasInputEnd()) {
      text.append(next.getData().toStringUtf8());
      next = hears.next();
    }
    return text.toString();
  }
}
