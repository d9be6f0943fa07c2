package dev.berth.cli.testing;

import com.google.protobuf.ByteString;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.ConsoleOpened;
import dev.berth.v1.ExecServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Consoles of machines that greet, repeat what they hear, and end at the end of the input.
public final class FakeExec extends ExecServiceGrpc.ExecServiceImplBase {
  /// What a machine says first: also what a terminal obeys.
  public static final String GREETING = "\u001b[2Jlogin: ";

  /// What is heard when the caller sends no more.
  public static final String END = "end of input";

  /// What is heard when the caller leaves.
  public static final String LEFT = "left";

  private static final int PATIENCE_SECONDS = 60;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private volatile @Nullable Status breach;

  FakeExec() {}

  /// Breaks consoles off at the next input.
  public void breakOff(Status status) {
    breach = status;
  }

  /// What the machines heard next.
  public String heard() throws InterruptedException {
    String next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the machine heard nothing");
    }
    return next;
  }

  @Override
  public StreamObserver<AttachConsoleRequest> attachConsole(
      StreamObserver<AttachConsoleResponse> caller) {
    ((ServerCallStreamObserver<AttachConsoleResponse>) caller)
        .setOnCancelHandler(() -> heard.add(LEFT));
    return new StreamObserver<>() {
      @Override
      public void onNext(AttachConsoleRequest message) {
        Status broken = breach;
        if (message.hasOpen()) {
          caller.onNext(
              AttachConsoleResponse.newBuilder()
                  .setOpened(ConsoleOpened.newBuilder().setName(message.getOpen().getInstance()))
                  .build());
          say(ByteString.copyFromUtf8(GREETING));
        } else if (broken != null) {
          caller.onError(broken.asRuntimeException());
        } else {
          heard.add(message.getInput().toStringUtf8());
          say(message.getInput());
        }
      }

      private void say(ByteString output) {
        caller.onNext(AttachConsoleResponse.newBuilder().setOutput(output).build());
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {
        heard.add(END);
        caller.onCompleted();
      }
    };
  }
}
