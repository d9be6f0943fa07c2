package dev.berth.controller.rpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What stands between callers and every method: who may call is decided, malformed messages are
/// refused, unary calls get a deadline, and no exception reaches a caller as more than a status.
final class CallGuard {
  /// Limit of unary calls that come without one of their own.
  static final long DEADLINE_SECONDS = 30;

  private static final Logger LOG = LoggerFactory.getLogger(CallGuard.class);

  private final Gate gate;
  private final ScheduledExecutorService timer;

  private final Supplier<Optional<String>> leader;

  /// @param leader the address of another controller that leads, told with every UNAVAILABLE
  CallGuard(Gate gate, ScheduledExecutorService timer, Supplier<Optional<String>> leader) {
    this.gate = gate;
    this.timer = timer;
    this.leader = leader;
  }

  /// Decides who may call what.
  interface Gate {
    /// Lets the call in; a stream goes on until [#ended].
    ///
    /// @return the context in which it runs
    /// @throws StatusRuntimeException when the caller may not
    Context admit(ServerCall<?, ?> call, Metadata headers);

    /// The end of a stream.
    void ended(ServerCall<?, ?> call);
  }

  /// The same service behind this guard.
  ServerServiceDefinition guard(ServerServiceDefinition service) {
    ServiceDescriptor unguarded = service.getServiceDescriptor();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(unguarded.getName())
            .setSchemaDescriptor(unguarded.getSchemaDescriptor());
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> guarded = guard(method);
      methods.add(guarded);
      descriptor.addMethod(guarded.getMethodDescriptor());
    }
    ServerServiceDefinition.Builder guarded = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(guarded::addMethod);
    return guarded.build();
  }

  private <Q, A> ServerMethodDefinition<Parsed<Q>, A> guard(ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        plain.toBuilder(
                new Parsed.Marshaller<>(plain.getRequestMarshaller()),
                plain.getResponseMarshaller())
            .build(),
        (call, headers) ->
            start(new GuardedCall<>(call, plain, leader), headers, method.getServerCallHandler()));
  }

  private <Q, A> ServerCall.Listener<Parsed<Q>> start(
      GuardedCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> handler) {
    GuardedListener<Q, A> listener = new GuardedListener<>(call);
    listener.run(
        () -> {
          Context context = gate.admit(call, headers);
          boolean unary = call.getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY;
          if (unary && context.getDeadline() == null) {
            listener.deadline = timer.schedule(listener::late, DEADLINE_SECONDS, TimeUnit.SECONDS);
          } else if (!unary) {
            listener.isStream = true;
          }
          listener.context = context;
          listener.inner = Optional.of(call(context, handler, call, headers));
        });
    return listener;
  }

  private static <Q, A> ServerCall.Listener<Q> call(
      Context context, ServerCallHandler<Q, A> handler, ServerCall<Q, A> call, Metadata headers) {
    Context before = context.attach();
    try {
      return handler.startCall(call, headers);
    } finally {
      context.detach(before);
    }
  }

  /// Hands on what comes in until the call ends; every exception ends it.
  private final class GuardedListener<Q, A> extends ServerCall.Listener<Parsed<Q>> {
    private final GuardedCall<Q, A> call;
    private Optional<ServerCall.Listener<Q>> inner = Optional.empty();
    private Context context = Context.ROOT;
    private @Nullable Future<?> deadline;
    private boolean isStream;

    GuardedListener(GuardedCall<Q, A> call) {
      this.call = call;
    }

    @Override
    public void onMessage(Parsed<Q> parsed) {
      switch (parsed) {
        case Parsed.Bad<Q>(Status status) -> call.close(status, new Metadata());
        case Parsed.Good<Q>(Q message) -> runInner(listener -> listener.onMessage(message));
      }
    }

    @Override
    public void onHalfClose() {
      // After a malformed message there is nothing to carry out.
      if (!call.isClosed()) {
        runInner(ServerCall.Listener::onHalfClose);
      }
    }

    @Override
    public void onReady() {
      runInner(ServerCall.Listener::onReady);
    }

    @Override
    public void onCancel() {
      end();
      runInner(ServerCall.Listener::onCancel);
    }

    @Override
    public void onComplete() {
      end();
      runInner(ServerCall.Listener::onComplete);
    }

    private void end() {
      if (deadline != null) {
        deadline.cancel(false);
      }
      if (isStream) {
        gate.ended(call);
      }
    }

    private void late() {
      call.close(
          Status.DEADLINE_EXCEEDED.withDescription(
              "not done within " + DEADLINE_SECONDS + " s: it may still be carried out"),
          new Metadata());
    }

    private void runInner(java.util.function.Consumer<ServerCall.Listener<Q>> step) {
      inner.ifPresent(
          listener ->
              run(
                  () -> {
                    Context before = context.attach();
                    try {
                      step.accept(listener);
                    } finally {
                      context.detach(before);
                    }
                  }));
    }

    private void run(Runnable step) {
      try {
        step.run();
      } catch (StatusRuntimeException e) {
        call.close(e.getStatus(), StatusMapper.trailers(e));
      } catch (RuntimeException e) {
        String method = call.getMethodDescriptor().getFullMethodName();
        LOG.error("Unexpected exception in {}", method, e);
        call.close(
            Status.INTERNAL.withDescription(
                "the controller met an unexpected error: its log has the details"),
            new Metadata());
      }
    }
  }
}
