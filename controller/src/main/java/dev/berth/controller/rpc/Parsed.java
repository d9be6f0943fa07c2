package dev.berth.controller.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;

/// A request as it came in: a message, or why it is none. So that bytes from strangers become
/// INVALID_ARGUMENT rather than INTERNAL.
///
/// @param <Q> the message
sealed interface Parsed<Q> {
  /// Bytes of the largest message that is taken.
  int SIZE_MAX = 4 << 20;

  /// A message.
  record Good<Q>(Q message) implements Parsed<Q> {}

  /// Bytes that are not a message.
  record Bad<Q>(Status status) implements Parsed<Q> {}

  /// Reads requests without ever failing.
  record Marshaller<Q>(MethodDescriptor.Marshaller<Q> inner)
      implements MethodDescriptor.Marshaller<Parsed<Q>> {
    @Override
    public InputStream stream(Parsed<Q> value) {
      return switch (value) {
        case Good<Q>(Q message) -> inner.stream(message);
        case Bad<Q>(Status status) -> throw status.asRuntimeException();
      };
    }

    @Override
    public Parsed<Q> parse(InputStream stream) {
      try {
        if (stream instanceof KnownLength && stream.available() > SIZE_MAX) {
          return new Bad<>(
              Status.RESOURCE_EXHAUSTED.withDescription(
                  "the message has %d bytes (expected: at most %d)"
                      .formatted(stream.available(), SIZE_MAX)));
        }
        return new Good<>(message(stream));
      } catch (InvalidProtocolBufferException e) {
        return new Bad<>(
            Status.INVALID_ARGUMENT.withDescription(
                "the request is not a protobuf message of its type: " + e.getMessage()));
      } catch (StatusRuntimeException e) {
        return new Bad<>(e.getStatus());
      } catch (IOException e) {
        return new Bad<>(
            Status.INVALID_ARGUMENT.withDescription("the request cannot be read: " + e));
      }
    }

    @SuppressWarnings("unchecked") // the prototype is of the marshaller's own type
    private Q message(InputStream stream) throws IOException {
      if (inner instanceof MethodDescriptor.PrototypeMarshaller<Q> proto
          && proto.getMessagePrototype() instanceof MessageLite prototype) {
        return (Q) prototype.getParserForType().parseFrom(stream);
      }
      return inner.parse(stream);
    }
  }
}
