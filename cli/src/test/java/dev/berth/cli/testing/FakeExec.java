package dev.berth.cli.testing;

import com.google.protobuf.ByteString;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.AttachOpened;
import dev.berth.v1.AttachRequest;
import dev.berth.v1.AttachResponse;
import dev.berth.v1.ConsoleOpened;
import dev.berth.v1.ExecEnded;
import dev.berth.v1.ExecOpened;
import dev.berth.v1.ExecRequest;
import dev.berth.v1.ExecResponse;
import dev.berth.v1.ExecServiceGrpc;
import dev.berth.v1.OpenExec;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Consoles of machines that greet, repeat what they hear, and end at the end of the input;
/// commands and programs likewise.
public final class FakeExec extends ExecServiceGrpc.ExecServiceImplBase {
  /// What a machine says first: also what a terminal obeys.
  public static final String GREETING = "\u001b[2Jlogin: ";

  /// What is heard when the caller sends no more.
  public static final String END = "end of input";

  /// What is heard when the caller leaves.
  public static final String LEFT = "left";

  /// Whom programs belong to: the first slot of [Samples].
  private static final String INSTANCE = Samples.running("web", 1).getId();

  private static final int PATIENCE_SECONDS = 60;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private volatile @Nullable Status breach;
  private volatile @Nullable Status refusal;

  FakeExec() {}

  /// Breaks consoles off at the next input.
  public void breakOff(Status status) {
    breach = status;
  }

  /// Opens no console from now on.
  public void refuse(Status status) {
    refusal = status;
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
        Status refused = refusal;
        if (message.hasOpen() && refused != null) {
          caller.onError(refused.asRuntimeException());
        } else if (message.hasOpen()) {
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

  /// A command that shows its words, repeats what it hears on both outputs, and ends with the
  /// number that is its last word, at once when it takes no input.
  @Override
  public StreamObserver<ExecRequest> exec(StreamObserver<ExecResponse> caller) {
    ((ServerCallStreamObserver<ExecResponse>) caller).setOnCancelHandler(() -> heard.add(LEFT));
    return new StreamObserver<>() {
      private OpenExec command = OpenExec.getDefaultInstance();

      @Override
      public void onNext(ExecRequest message) {
        Status broken = breach;
        if (message.hasOpen()) {
          command = message.getOpen();
          caller.onNext(
              ExecResponse.newBuilder()
                  .setOpened(ExecOpened.newBuilder().setName(command.getInstance()))
                  .build());
          String words = String.join(" ", command.getCommandList()) + "\n";
          say(ByteString.copyFromUtf8(words), false);
          if (!command.getInput()) {
            end();
          }
        } else if (message.hasLeave()) {
          heard.add("leave");
          caller.onCompleted();
        } else if (broken != null) {
          caller.onError(broken.asRuntimeException());
        } else if (message.hasInput()) {
          heard.add(message.getInput().toStringUtf8());
          say(message.getInput(), false);
          say(message.getInput(), true);
        }
      }

      private void say(ByteString output, boolean error) {
        ExecResponse.Builder response = ExecResponse.newBuilder();
        caller.onNext(
            (error ? response.setErrorOutput(output) : response.setOutput(output)).build());
      }

      private void end() {
        String last = command.getCommand(command.getCommandCount() - 1);
        int code = last.matches("[0-9]+") ? Integer.parseInt(last) : 0;
        caller.onNext(
            ExecResponse.newBuilder().setEnded(ExecEnded.newBuilder().setExitCode(code)).build());
        caller.onCompleted();
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {
        heard.add(END);
        if (command.getInput()) {
          end();
        }
      }
    };
  }

  /// A program that greets, repeats what it hears, and ends at the end of the input, or at once
  /// when there is none.
  @Override
  public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> caller) {
    return new StreamObserver<>() {
      @Override
      public void onNext(AttachRequest message) {
        if (message.hasOpen()) {
          caller.onNext(
              AttachResponse.newBuilder()
                  .setOpened(
                      AttachOpened.newBuilder()
                          .setInstanceId(INSTANCE)
                          .setName(message.getOpen().getInstance())
                          .setInput(true))
                  .build());
          caller.onNext(
              AttachResponse.newBuilder().setOutput(ByteString.copyFromUtf8(GREETING)).build());
          if (!message.getOpen().getInput()) {
            caller.onCompleted();
          }
        } else {
          heard.add(message.getInput().toStringUtf8());
          caller.onNext(AttachResponse.newBuilder().setErrorOutput(message.getInput()).build());
        }
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
