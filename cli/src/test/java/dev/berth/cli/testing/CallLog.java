package dev.berth.cli.testing;

import com.google.protobuf.Message;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Notes each request, and refuses all of them when told to.
public final class CallLog implements ServerInterceptor {
  private final List<Message> requests = new CopyOnWriteArrayList<>();
  private volatile @Nullable StatusRuntimeException refusal;

  CallLog() {}

  /// Ends every call from now on like this.
  public void refuse(StatusRuntimeException refusal) {
    this.refusal = refusal;
  }

  /// Answers calls again.
  public void accept() {
    this.refusal = null;
  }

  /// The requests of one type so far, the oldest first.
  public <T extends Message> List<T> requests(Class<T> type) {
    return requests.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    StatusRuntimeException refused = refusal;
    if (refused != null) {
      Metadata trailers = refused.getTrailers();
      call.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onMessage(Q request) {
        if (request instanceof Message message) {
          requests.add(message);
        }
        super.onMessage(request);
      }
    };
  }
}
