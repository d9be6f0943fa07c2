package dev.berth.e2e;

import dev.berth.client.ControllerChannel;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.v1.ExecRequest;
import dev.berth.v1.ExecResponse;
import dev.berth.v1.ExecServiceGrpc;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.LogChunk;
import dev.berth.v1.OpenExec;
import dev.berth.v1.StreamLogsRequest;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/// Many commands and logs of one instance at once, through one controller.
final class HeldStreams implements AutoCloseable {
  private final ControllerProcess through;
  private final ControllerChannel channel;
  private final List<Held> held = new ArrayList<>();

  private HeldStreams(ControllerProcess through, ControllerChannel channel) {
    this.through = through;
    this.channel = channel;
  }

  /// One of them.
  ///
  /// @param name for people
  /// @param pieces how many pieces of output came
  /// @param end how it ended; null: it goes on
  record Held(String name, AtomicInteger pieces, AtomicReference<Status> end) {
    boolean isHeard() {
      return pieces.get() > 0;
    }
  }

  /// Opens them.
  ///
  /// @param opened to one controller
  /// @param count of commands, and of logs
  static HeldStreams open(
      ControllerProcess through,
      ControllerChannel opened,
      String slot,
      int count,
      String... command) {
    HeldStreams streams = new HeldStreams(through, opened);
    Channel channel = opened.channel();
    for (int i = 0; i < count; i++) {
      StreamObserver<ExecRequest> exec =
          ExecServiceGrpc.newStub(channel)
              .exec(streams.<ExecResponse>listener("exec " + i, ExecResponse::hasOutput));
      exec.onNext(
          ExecRequest.newBuilder()
              .setOpen(OpenExec.newBuilder().setInstance(slot).addAllCommand(List.of(command)))
              .build());
      InstanceServiceGrpc.newStub(channel)
          .streamLogs(
              StreamLogsRequest.newBuilder().setInstance(slot).setFollow(true).build(),
              streams.<LogChunk>listener("logs " + i, _ -> true));
    }
    return streams;
  }

  private <T> StreamObserver<T> listener(String name, Predicate<T> isOutput) {
    Held one = new Held(name, new AtomicInteger(), new AtomicReference<>());
    held.add(one);
    return new StreamObserver<>() {
      @Override
      public void onNext(T message) {
        if (isOutput.test(message)) {
          one.pieces().incrementAndGet();
        }
      }

      @Override
      public void onError(Throwable cause) {
        one.end().set(Status.fromThrowable(cause));
      }

      @Override
      public void onCompleted() {
        one.end().set(Status.OK);
      }
    };
  }

  /// The controller that carries them.
  ControllerProcess through() {
    return through;
  }

  /// Those of which nothing was heard, or that have ended.
  List<Held> silent() {
    return held.stream().filter(each -> !each.isHeard() || each.end().get() != null).toList();
  }

  /// Forgets what was heard so far.
  void forgetHeard() {
    held.forEach(each -> each.pieces().set(0));
  }

  /// Those that have not ended.
  List<Held> open() {
    return held.stream().filter(each -> each.end().get() == null).toList();
  }

  /// How they ended.
  List<Status> ends() {
    return held.stream().map(each -> each.end().get()).filter(each -> each != null).toList();
  }

  @Override
  public void close() {
    channel.close();
  }
}
