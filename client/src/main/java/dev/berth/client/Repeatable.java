package dev.berth.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/// Which calls may be made again after UNAVAILABLE.
final class Repeatable {
  /// With the UNAVAILABLE of a controller that did nothing of what it was asked.
  private static final Metadata.Key<String> UNTOUCHED =
      Metadata.Key.of("berth-untouched", Metadata.ASCII_STRING_MARSHALLER);

  private static final int CAUSES_MAX = 10;
  private static final List<String> READS =
      List.of("Get", "List", "Watch", "Stream", "Explain", "Save");

  /// Changes that say what shall be, not what shall be done: twice is as good as once.
  private static final Set<String> SETTLING =
      Set.of(
          "ScaleWorkload", "StopWorkload", "StartWorkload", "UpdateNode", "DrainNode", "FenceNode");

  private Repeatable() {}

  /// Whether a failed call may be made again: because it did nothing, or because doing it twice
  /// does no harm.
  ///
  /// @param several whether there are other controllers to turn to
  static boolean mayRepeat(
      MethodDescriptor<?, ?> method,
      Object request,
      Status status,
      Metadata trailers,
      boolean several) {
    if (status.getCode() != Status.Code.UNAVAILABLE) {
      return false;
    }
    Throwable cause = status.getCause();
    if (cause != null && (!several || has(cause, SSLException.class))) {
      // Nobody answered, and nobody else can be asked; or they do not trust each other.
      return false;
    }
    boolean untouched = trailers.containsKey(UNTOUCHED) || has(cause, ConnectException.class);
    return untouched || isHarmless(method, request);
  }

  private static boolean isHarmless(MethodDescriptor<?, ?> method, Object request) {
    String name = String.valueOf(method.getBareMethodName());
    return READS.stream().anyMatch(name::startsWith)
        || SETTLING.contains(name)
        || (request instanceof Message message && isGuarded(message));
  }

  /// Whether the controller recognises a second one: by its request id, or by the version that it
  /// changes; or whether it changes nothing at all.
  private static boolean isGuarded(Message request) {
    for (FieldDescriptor field : request.getAllFields().keySet()) {
      switch (field.getName()) {
        case "request_id", "etag", "validate_only" -> {
          return true;
        }
        default -> {
          boolean resource = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
          if (resource
              && !field.isRepeated()
              && request.getField(field) instanceof Message inner
              && inner.getAllFields().keySet().stream()
                  .anyMatch(each -> each.getName().equals("etag"))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean has(
      @org.jspecify.annotations.Nullable Throwable from, Class<? extends IOException> type) {
    Throwable at = from;
    for (int depth = 0; at != null && depth < CAUSES_MAX; depth++) {
      if (type.isInstance(at)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }
}
