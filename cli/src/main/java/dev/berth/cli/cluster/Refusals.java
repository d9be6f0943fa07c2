package dev.berth.cli.cluster;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import dev.berth.client.ControllerWord;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.security.cert.CertificateExpiredException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Says for people why a call failed, and what to do next: one line, then details.
public final class Refusals {
  private static final int CAUSES_MAX = 10;
  private static final List<String> HUNG_UP =
      List.of("End of stream", "Broken pipe", "Connection reset");

  private Refusals() {}

  /// What went wrong; fields that are wrong one a line.
  public static String describe(StatusRuntimeException failure, Cluster cluster) {
    Status status = failure.getStatus();
    String fields = fields(failure);
    // What a controller says itself is often of a node that it cannot reach, not of itself.
    String summary =
        status.getCode() == Status.Code.UNAVAILABLE && !ControllerWord.isIn(failure)
            ? unavailable(status, cluster)
            : summary(status, cluster);
    return fields.isEmpty() ? summary + next(status) : summary + fields;
  }

  /// Why a stream that was open has broken off.
  public static String describeBreak(StatusRuntimeException failure, Cluster cluster) {
    Status status = failure.getStatus();
    if (ControllerWord.isIn(failure) && status.getDescription() != null) {
      return status.getDescription();
    }
    return status.getCode() == Status.Code.UNAVAILABLE
        ? "the connection to the controller at " + cluster.addresses() + " was lost"
        : describe(failure, cluster);
  }

  private static String summary(Status status, Cluster cluster) {
    String said = status.getDescription() == null ? "" : status.getDescription();
    String detail = said.isEmpty() ? "" : ": " + said;
    return switch (status.getCode()) {
      case DEADLINE_EXCEEDED ->
          "the controller at " + cluster.addresses() + " did not answer in time";
      case UNIMPLEMENTED -> "the controller does not know this request: it is another version";
      case PERMISSION_DENIED -> "not allowed" + detail;
      case UNAUTHENTICATED -> "not accepted" + detail;
      case INTERNAL, UNKNOWN, DATA_LOSS -> "the controller failed" + detail;
      case CANCELLED -> "the call was cancelled" + detail;
      case OK,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          UNAVAILABLE ->
          said.isEmpty() ? "the controller answered " + status.getCode() : said;
    };
  }

  private static String next(Status status) {
    return switch (status.getCode()) {
      case DEADLINE_EXCEEDED ->
          "\nit may carry out the request later: look at the result before you repeat it";
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          "\nwho you are is in the context's certificate: see --context, --client-cert";
      case ABORTED -> "\nit has changed meanwhile: look at it again, then repeat";
      case RESOURCE_EXHAUSTED -> "\ntry again in a few seconds";
      case UNIMPLEMENTED -> "\nberth version shows both versions";
      case INTERNAL, UNKNOWN, DATA_LOSS -> "\nthe controller's log says more";
      case OK,
          CANCELLED,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNAVAILABLE ->
          "";
    };
  }

  private static String unavailable(Status status, Cluster cluster) {
    Throwable cause = status.getCause();
    String where = "the controller at " + cluster.addresses();
    String said = status.getDescription() == null ? "" : status.getDescription();
    String trust =
        "\nthe certificates of the context must be those of this cluster and still valid:"
            + " see --context, --ca-cert, --client-cert";
    SSLException tls = find(cause, SSLException.class);
    if (tls != null) {
      boolean expired = find(cause, CertificateExpiredException.class) != null;
      String problem = expired ? "its certificate has expired" : text(tls);
      return "no trust between us and " + where + ": " + problem + trust;
    }
    // A server refuses our certificate after the client's side of the handshake: all that is seen
    // here is that it hangs up.
    String why = cause == null ? said : text(cause);
    if (HUNG_UP.stream().anyMatch(why::startsWith)) {
      return where + " hung up before it answered; does it accept our certificate?" + trust;
    }
    if (cause != null) {
      return "cannot reach "
          + where
          + ": "
          + why
          + "\nis it running? berth up starts a cluster on this host";
    }
    return where + " cannot serve now: " + (said.isEmpty() ? "it does not say why" : said);
  }

  private static String fields(StatusRuntimeException failure) {
    com.google.rpc.Status details = StatusProto.fromThrowable(failure);
    StringBuilder text = new StringBuilder();
    if (details == null) {
      return "";
    }
    for (Any detail : details.getDetailsList()) {
      if (!detail.is(BadRequest.class)) {
        continue;
      }
      try {
        for (BadRequest.FieldViolation wrong :
            detail.unpack(BadRequest.class).getFieldViolationsList()) {
          text.append('\n').append(wrong.getField()).append(": ").append(wrong.getDescription());
        }
      } catch (InvalidProtocolBufferException _) {
        text.append("\n(details that cannot be read)");
      }
    }
    return text.toString();
  }

  private static String text(Throwable cause) {
    Throwable deepest = cause;
    for (int i = 0; i < CAUSES_MAX && deepest.getCause() != null; i++) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.getClass().getName() : deepest.getMessage();
  }

  private static <T extends Throwable> @Nullable T find(@Nullable Throwable from, Class<T> type) {
    Throwable at = from;
    for (int depth = 0; at != null && depth < CAUSES_MAX; depth++) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }
}
