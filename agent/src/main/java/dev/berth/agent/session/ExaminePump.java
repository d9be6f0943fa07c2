package dev.berth.agent.session;

import dev.berth.agent.doctor.NodeExaminer;
import dev.berth.v1.ExamineRequest;
import java.time.Instant;

/// Looks at the node, and says on one stream what was found.
final class ExaminePump {
  private final NodeExaminer examiner;
  private final ExamineRequest request;
  private final AttachedStream stream;

  ExaminePump(NodeExaminer examiner, ExamineRequest request, AttachedStream stream) {
    this.examiner = examiner;
    this.request = request;
    this.stream = stream;
  }

  /// Returns when all was sent, or the other end has gone away.
  void run() throws InterruptedException {
    Thread self = Thread.currentThread();
    // Whatever it waits for is not wanted any more. A command that mends goes on to its end or not
    // at all: each is one change, and the next look says what is missing.
    stream.onEnd(self::interrupt);
    Instant asked =
        Instant.ofEpochSecond(
            request.getControllerTime().getSeconds(), request.getControllerTime().getNanos());
    boolean _ = stream.write(examiner.examine(asked, request.getFix()));
    stream.complete();
  }
}
