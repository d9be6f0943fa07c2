package dev.berth.controller.rpc;

import com.google.protobuf.ByteString;
import dev.berth.spec.ExecRules;
import dev.berth.spec.Violation;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.TerminalSize;
import java.util.List;

/// What callers send on a stream once it is open, as an agent gets it.
final class Pieces {
  private Pieces() {}

  /// Bytes, at most [BrokeredStream#CHUNK_MAX].
  ///
  /// @param field what the caller calls them
  static AttachStreamResponse data(String field, ByteString bytes) {
    if (bytes.size() > BrokeredStream.CHUNK_MAX) {
      throw StatusMapper.badField(
          field,
          "length: %d (expected: at most %d bytes)"
              .formatted(bytes.size(), BrokeredStream.CHUNK_MAX));
    }
    return AttachStreamResponse.newBuilder().setData(bytes).build();
  }

  /// The size of a terminal.
  static AttachStreamResponse size(TerminalSize size) {
    List<Violation> wrong = ExecRules.check(size);
    if (!wrong.isEmpty()) {
      throw StatusMapper.badFields(wrong);
    }
    return AttachStreamResponse.newBuilder().setSize(size).build();
  }
}
