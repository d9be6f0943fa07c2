package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.AttachCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ExecCapable;
import dev.berth.agent.driver.Execution;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.agent.port.Threads;
import dev.berth.v1.LogChunk;
import dev.berth.v1.OpenStream;
import dev.berth.v1.TerminalSize;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Copies between a program and one stream, both ways, until either ends: a command that is started
/// for the stream, or what an instance runs.
final class ProgramPump {
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;

  private final CapabilityAccess instances;
  private final OpenStream request;
  private final AttachedStream stream;
  private final Threads threads;
  private final AtomicBoolean left = new AtomicBoolean();

  /// @param threads one of them carries the input
  ProgramPump(
      CapabilityAccess instances, OpenStream request, AttachedStream stream, Threads threads) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
    this.threads = threads;
  }

  /// Returns when the program has ended and all was sent, or the other end has gone away.
  void run() throws InterruptedException {
    try {
      if (request.hasExec()) {
        exec();
      } else {
        attach();
      }
    } catch (LogAccess.UnknownInstanceException e) {
      stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      failed(e);
    }
  }

  private void exec()
      throws DriverException, LogAccess.UnknownInstanceException, InterruptedException {
    CapabilityAccess.Subject<ExecCapable> subject =
        instances.subject(
            request.getExec().getInstanceId(), ExecCapable.class, "cannot run commands in it");
    boolean detached = request.getExec().getOptions().getDetach();
    try (Execution command =
        subject.driver().exec(subject.handle(), request.getExec().getOptions())) {
      if (detached) {
        command.leave();
        if (stream.opened(false, false) && stream.writeExecEnded(0)) {
          stream.complete();
        }
        return;
      }
      stream.control(new Control(command, command::leave));
      boolean read = copy(command);
      if (left.get() || (read && stream.writeExecEnded(command.exitCode()))) {
        stream.complete();
      }
    }
  }

  private void attach()
      throws DriverException, LogAccess.UnknownInstanceException, InterruptedException {
    CapabilityAccess.Subject<AttachCapable> subject =
        instances.subject(
            request.getProgram().getInstanceId(), AttachCapable.class, "cannot attach to it");
    try (ProgramStream program =
        subject.driver().attach(subject.handle(), request.getProgram().getOptions())) {
      stream.control(new Control(program, () -> {}));
      if (copy(program)) {
        stream.complete();
      }
    }
  }

  /// What comes in besides input.
  private final class Control implements AttachedStream.Control {
    private final ProgramStream program;
    private final Runnable onLeave;
    private final AtomicReference<@Nullable TerminalSize> size = new AtomicReference<>();

    /// @param program whom it concerns
    /// @param onLeave called when the other end leaves what runs running
    Control(ProgramStream program, Runnable onLeave) {
      this.program = program;
      this.onLeave = onLeave;
    }

    @Override
    public void resized(TerminalSize latest) {
      size.set(latest);
      threads.start(this::resize, "program-size");
    }

    /// One at a time, so that the latest one stays.
    private synchronized void resize() {
      TerminalSize latest = size.getAndSet(null);
      if (latest != null) {
        program.resize(latest);
      }
    }

    @Override
    public void left() {
      left.set(true);
      onLeave.run();
      program.close();
    }
  }

  /// Copies both ways until the output ends.
  ///
  /// @return false when the other end has gone away
  private boolean copy(ProgramStream program) throws DriverException, InterruptedException {
    stream.onEnd(program::close);
    if (!stream.opened(program.isTerminal(), program.takesInput())) {
      return false;
    }
    threads.start(() -> copyInput(program), "program-input");
    for (Optional<LogChunk> next = program.read(); next.isPresent(); next = program.read()) {
      if (!stream.writeProgram(next.get())) {
        return false;
      }
    }
    return true;
  }

  private void copyInput(ProgramStream program) {
    try {
      for (Optional<ByteString> next = stream.input(); next.isPresent(); next = stream.input()) {
        program.write(next.get());
      }
      if (stream.hasInputEnded()) {
        program.endInput();
      }
    } catch (DriverException e) {
      stream.fail(e);
      program.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// A command that cannot be executed has an exit code, as a shell would give it.
  private void failed(DriverException problem) throws InterruptedException {
    String reason = problem.failure() instanceof Failure.Permanent(String why, _) ? why : "";
    int code =
        switch (reason) {
          case ExecCapable.NOT_FOUND -> NOT_FOUND;
          case ExecCapable.NOT_EXECUTABLE -> NOT_EXECUTABLE;
          default -> 0;
        };
    if (code == 0) {
      stream.fail(problem);
      return;
    }
    ByteString said = ByteString.copyFromUtf8("berth: " + problem.failure().message() + "\n");
    if (stream.opened(false, false) && stream.writeErrorData(said) && stream.writeExecEnded(code)) {
      stream.complete();
    }
  }
}
