package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import io.grpc.Status;

/// Answers what one stream asks for, and ends the stream: well, or with what the driver says.
///
/// @param stream ends with the answer
/// @param answer what is said on it
record AnswerPump(AttachedStream stream, Answer answer) {
  /// What is said on a stream.
  interface Answer {
    /// Says all of it.
    ///
    /// @return false when the other end has gone away
    boolean give() throws DriverException, LogAccess.UnknownInstanceException, InterruptedException;
  }

  /// The same for what nobody else wants: when the other end goes away, whatever it waits for is
  /// interrupted.
  void runWhileWanted() throws InterruptedException {
    stream.onEnd(Thread.currentThread()::interrupt);
    run();
  }

  /// Returns when all was said, or the other end has gone away.
  void run() throws InterruptedException {
    try {
      if (answer.give()) {
        stream.complete();
      }
    } catch (LogAccess.UnknownInstanceException e) {
      stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      stream.fail(e);
    }
  }
}
