package dev.berth.controller.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import dev.berth.controller.core.FieldViolation;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.RefusalCode;
import dev.berth.spec.Printable;
import dev.berth.spec.Violation;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;

/// The one table from refusals to gRPC codes. What is sent stays small: clients accept 8 KiB of
/// trailers.
final class StatusMapper {
  /// Bytes of the message as trailers carry it, percent-encoded.
  private static final int MESSAGE_MAX = 2000;

  private static final int FIELD_MAX = 200;
  private static final int PROBLEM_MAX = 600;

  /// Bytes of all violations together; trailers carry them in Base64.
  private static final int VIOLATIONS_MAX = 1500;

  /// Turns take milliseconds: after this long there is room again, or far too much is asked for.
  private static final Duration RETRY_DELAY = Duration.newBuilder().setSeconds(1).build();

  private StatusMapper() {}

  static Status.Code code(RefusalCode code) {
    return switch (code) {
      case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
      case FAILED_PRECONDITION -> Status.Code.FAILED_PRECONDITION;
      case ABORTED -> Status.Code.ABORTED;
      case PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
      case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
      case RESOURCE_EXHAUSTED, OVERLOADED -> Status.Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
    };
  }

  /// A refusal as it is sent: wrong fields also as `google.rpc.BadRequest`, overload with a
  /// `google.rpc.RetryInfo`.
  static StatusRuntimeException exception(Refusal refusal) {
    Status.Code code = code(refusal.code());
    String message = cut(refusal.message(), MESSAGE_MAX);
    if (refusal.code() == RefusalCode.OVERLOADED) {
      return detailed(code, message, RetryInfo.newBuilder().setRetryDelay(RETRY_DELAY).build());
    }
    if (refusal.violations().isEmpty()) {
      return code.toStatus().withDescription(message).asRuntimeException();
    }
    BadRequest.Builder details = BadRequest.newBuilder();
    int bytes = 0;
    for (FieldViolation each : refusal.violations()) {
      BadRequest.FieldViolation violation =
          BadRequest.FieldViolation.newBuilder()
              .setField(cut(each.field(), FIELD_MAX))
              .setDescription(cut(each.problem(), PROBLEM_MAX))
              .build();
      bytes += violation.getSerializedSize();
      if (bytes <= VIOLATIONS_MAX) {
        details.addFieldViolations(violation);
      }
    }
    return detailed(code, message, details.build());
  }

  private static StatusRuntimeException detailed(
      Status.Code code, String message, Message details) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(message)
            .addDetails(Any.pack(details))
            .build());
  }

  /// A field that is wrong, found outside of the core.
  static StatusRuntimeException badField(String field, String problem) {
    return exception(Refusal.ofFields(List.of(new FieldViolation(field, problem))));
  }

  /// Several of them.
  static StatusRuntimeException badFields(List<Violation> violations) {
    return exception(
        Refusal.ofFields(
            violations.stream()
                .map(each -> new FieldViolation(each.fieldPath(), each.problem()))
                .toList()));
  }

  static StatusRuntimeException refused(RefusalCode code, String message) {
    return exception(new Refusal(code, message));
  }

  /// What this controller says to everything that only a leader can answer.
  static StatusRuntimeException notLeading() {
    Metadata trailers = new Metadata();
    trailers.put(BerthHeaders.UNTOUCHED, "true");
    return Status.UNAVAILABLE
        .withDescription(
            "this controller does not lead: try the other controllers, or again in a few seconds")
        .asRuntimeException(trailers);
  }

  /// What is said to changes while etcd has no room: nobody can be elected then.
  static StatusRuntimeException storeIsFull() {
    return refused(
        RefusalCode.RESOURCE_EXHAUSTED,
        "etcd is full and takes no writes: compact and defragment it or raise its quota, then"
            + " disarm its alarm (docs/operations.md)");
  }

  /// Details and messages of an exception, if it carries any.
  static Metadata trailers(StatusRuntimeException exception) {
    Metadata trailers = exception.getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }

  /// A text from elsewhere, made fit for the description of a status.
  static String description(String text) {
    return cut(text, MESSAGE_MAX);
  }

  /// Cuts a text so that it has at most so many bytes when percent-encoded.
  private static String cut(String text, int max) {
    String safe = Printable.escape(text);
    int encoded = 0;
    for (int i = 0; i < safe.length(); ) {
      int c = safe.codePointAt(i);
      encoded += c < 0x80 ? 1 : c < 0x800 ? 6 : c < 0x10000 ? 9 : 12;
      if (encoded > max) {
        return safe.substring(0, i) + "…";
      }
      i += Character.charCount(c);
    }
    return safe;
  }
}
