package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.ExecRequest;
import dev.berth.v1.ExecResponse;
import dev.berth.v1.ExecServiceGrpc;
import dev.berth.v1.OpenExec;
import io.grpc.Channel;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.util.List;

/// Reads numbers that a command counts, a line each, when it is told to and not before.
final class StoppedReader implements AutoCloseable {
  private final BlockingClientCall<ExecRequest, ExecResponse> call;
  private String rest = "";
  private long next;

  private StoppedReader(BlockingClientCall<ExecRequest, ExecResponse> call) {
    this.call = call;
  }

  static StoppedReader open(Channel channel, String slot, String... command) throws Exception {
    BlockingClientCall<ExecRequest, ExecResponse> call =
        ClientCalls.blockingBidiStreamingCall(
            channel, ExecServiceGrpc.getExecMethod(), io.grpc.CallOptions.DEFAULT);
    var _ =
        call.write(
            ExecRequest.newBuilder()
                .setOpen(OpenExec.newBuilder().setInstance(slot).addAllCommand(List.of(command)))
                .build());
    return new StoppedReader(call);
  }

  /// Reads on, and checks that no number is missing or comes twice.
  ///
  /// @param bytes how many at least
  /// @return the last number
  long read(long bytes) throws Exception {
    long last = -1;
    for (long taken = 0; taken < bytes; ) {
      ExecResponse message = call.read();
      assertTrue(message != null && !message.hasEnded(), "it goes on");
      String text = rest + message.getOutput().toStringUtf8();
      taken += message.getOutput().size();
      int end = text.lastIndexOf('\n') + 1;
      rest = text.substring(end);
      for (String line : text.substring(0, end).lines().toList()) {
        last = Long.parseLong(line);
        assertEquals(next++, last);
      }
    }
    return last;
  }

  @Override
  public void close() {
    call.cancel("the test is over", null);
  }
}
