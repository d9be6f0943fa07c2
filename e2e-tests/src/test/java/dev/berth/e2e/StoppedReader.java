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

/// Reads numbers that a command counts from 1, a line each, when it is told to and not before.
final class StoppedReader implements AutoCloseable {
  private final BlockingClientCall<ExecRequest, ExecResponse> call;
  private String rest = "";
  private long next = 1;
  private long bytes;

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
  /// @param more how many bytes at least
  void read(long more) throws Exception {
    for (long end = bytes + more; bytes < end; ) {
      ExecResponse message = call.read();
      assertTrue(message != null && !message.hasEnded(), "it goes on");
      String text = rest + message.getOutput().toStringUtf8();
      bytes += message.getOutput().size();
      int whole = text.lastIndexOf('\n') + 1;
      rest = text.substring(whole);
      for (String line : text.substring(0, whole).lines().toList()) {
        assertEquals(next++, Long.parseLong(line));
      }
    }
  }

  /// How many bytes were read.
  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    call.cancel("the test is over", null);
  }
}
