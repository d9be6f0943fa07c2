package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.port.Threads;
import dev.berth.v1.ConsoleStreamRequest;
import io.grpc.Status;
import java.util.Optional;

/// Copies between the console of one instance and one stream, both ways, until either ends.
final class ConsolePump {
  private final ConsoleAccess consoles;
  private final ConsoleStreamRequest request;
  private final AttachedStream stream;
  private final Threads threads;

  /// @param threads one of them carries the input
  ConsolePump(
      ConsoleAccess consoles,
      ConsoleStreamRequest request,
      AttachedStream stream,
      Threads threads) {
    this.consoles = consoles;
    this.request = request;
    this.stream = stream;
    this.threads = threads;
  }

  /// Returns when the console has ended and all was sent, or the other end has gone away.
  void run() throws InterruptedException {
    try (Console console = consoles.openConsole(request.getInstanceId(), request.getForce())) {
      stream.onEnd(console::close);
      if (stream.opened()) {
        threads.start(() -> copyInput(console), "console-input");
        copyOutput(console);
        stream.complete();
      }
    } catch (LogAccess.UnknownInstanceException e) {
      stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      stream.fail(e);
    }
  }

  private void copyOutput(Console console) throws DriverException, InterruptedException {
    Optional<ByteString> next = console.read();
    while (next.isPresent() && stream.write(next.get())) {
      next = console.read();
    }
  }

  /// Ends when the input does: a console has no end of input, so output goes on.
  private void copyInput(Console console) {
    try {
      Optional<ByteString> next = stream.input();
      while (next.isPresent()) {
        console.write(next.get());
        next = stream.input();
      }
    } catch (DriverException e) {
      stream.fail(e);
      console.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
