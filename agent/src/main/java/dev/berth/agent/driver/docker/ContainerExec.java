package dev.berth.agent.driver.docker;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Execution;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.OpenExec;
import dev.berth.v1.TerminalSize;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A command that runs in a container.
final class ContainerExec implements Execution {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerExec.class);
  private static final Duration LIMIT = RuntimeDriver.CALL_LIMIT;
  private static final ByteString REFUSAL = ByteString.copyFromUtf8("OCI runtime exec failed");
  private static final List<String> NO_SUCH_PROGRAM =
      List.of("executable file not found", "no such file or directory");
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;
  private static final int SIZE_TRIES = 50;
  private static final long FIRST_LOOK_MILLIS = 1;
  private static final long LAST_LOOK_MILLIS = 100;

  private final DaemonExec exec;
  private final ContainerStream stream;
  private final OpenCommands commands;
  private final AtomicReference<@Nullable ContainerProcess> process = new AtomicReference<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean closed;
  private boolean begun;
  private String refusal = "";

  private ContainerExec(DaemonExec exec, ContainerStream stream, OpenCommands commands) {
    this.exec = exec;
    this.stream = stream;
    this.commands = commands;
  }

  /// Starts a command.
  ///
  /// @param container its id
  /// @param commands remembers it while somebody waits for it
  static ContainerExec start(
      DockerApi api, String container, OpenExec command, OpenCommands commands)
      throws DriverException {
    DaemonExec exec =
        new DaemonExec(api, create(api, container, command), container, commands.proc());
    if (command.getDetach()) {
      return new ContainerExec(exec, open(exec, command), commands);
    }
    commands.made(exec.id(), container);
    try {
      ContainerExec made = new ContainerExec(exec, open(exec, command), commands);
      var _ =
          Thread.ofVirtual()
              .name("docker-exec-find")
              .start(() -> made.find(DaemonExec.START_LIMIT));
      return made;
    } catch (DriverException e) {
      if (e.failure() instanceof Failure.Permanent) {
        commands.over(exec.id());
      } else {
        // It may have been started all the same.
        var _ = Thread.ofVirtual().name("docker-exec-end").start(() -> end(exec, null, commands));
      }
      throw e;
    }
  }

  private static ContainerStream open(DaemonExec exec, OpenExec command) throws DriverException {
    boolean terminal = command.getTerminal();
    ContainerStream stream =
        ContainerStream.open(
            exec.api(),
            "/exec/" + exec.id() + "/start",
            "{\"Detach\":" + command.getDetach() + ",\"Tty\":" + terminal + "}",
            terminal,
            command.getInput(),
            "ExecFailed",
            size -> resize(exec.api(), exec.id(), size, 1));
    if (terminal && command.hasSize()) {
      // The daemon answers before the command is there, and until then knows no terminal.
      resize(exec.api(), exec.id(), command.getSize(), SIZE_TRIES);
    }
    return stream;
  }

  /// Later the daemon may not be there to be asked.
  private void find(Duration limit) {
    try {
      exec.find(this::needsNoFinding, limit).ifPresent(this::found);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean needsNoFinding() {
    return over.get() || process.get() != null;
  }

  private void found(ContainerProcess it) {
    if (!over.get() && process.compareAndSet(null, it)) {
      commands.runs(exec.id(), it);
    }
  }

  private static String create(DockerApi api, String container, OpenExec command)
      throws DriverException {
    try {
      return api.call(
          "exec",
          LIMIT,
          client -> requireNonNull(request(client, container, command).exec().getId()));
    } catch (ConflictException e) {
      throw DriverException.permanent(PauseCapable.NOT_RUNNING, Refusals.words(e), e);
    } catch (NotFoundException e) {
      throw DriverException.retryable("Vanished", Refusals.words(e), e);
    } catch (DockerException e) {
      throw Refusals.of("ExecFailed", e);
    }
  }

  private static ExecCreateCmd request(DockerClient client, String container, OpenExec command) {
    ExecCreateCmd create =
        client
            .execCreateCmd(container)
            .withCmd(command.getCommandList().toArray(String[]::new))
            .withTty(command.getTerminal())
            .withPrivileged(command.getPrivileged())
            .withAttachStdin(command.getInput())
            .withAttachStdout(!command.getDetach())
            .withAttachStderr(!command.getDetach());
    if (command.getEnvCount() > 0) {
      create.withEnv(
          command.getEnvMap().entrySet().stream()
              .map(each -> each.getKey() + "=" + each.getValue())
              .toList());
    }
    if (!command.getUser().isEmpty()) {
      create.withUser(command.getUser());
    }
    if (!command.getWorkingDir().isEmpty()) {
      create.withWorkingDir(command.getWorkingDir());
    }
    return create;
  }

  private static void resize(DockerApi api, String id, TerminalSize size, int tries) {
    for (int left = tries; left > 0; left--) {
      try {
        var _ =
            api.call(
                "resize",
                LIMIT,
                client -> {
                  client.resizeExecCmd(id).withSize(size.getRows(), size.getColumns()).exec();
                  return true;
                });
        return;
      } catch (DriverException | DockerException e) {
        LOG.debug("exec {} does not take its size: {}", id, e.getMessage());
      }
      if (left > 1 && !pause(FIRST_LOOK_MILLIS)) {
        return;
      }
    }
  }

  private static boolean pause(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public boolean isTerminal() {
    return stream.isTerminal();
  }

  @Override
  public boolean takesInput() {
    return stream.takesInput();
  }

  /// What the daemon says of a command that it cannot execute comes as the only output. It then
  /// gives one code for all reasons.
  @Override
  public Optional<LogChunk> read() throws DriverException {
    Optional<LogChunk> next = stream.read();
    if (!begun) {
      // Before anybody sees what it says, so that whatever somebody saw run can be ended.
      find(DaemonExec.SPOKEN_LIMIT);
    }
    if (!begun && next.isPresent() && next.get().getData().startsWith(REFUSAL)) {
      refusal = next.get().getData().toStringUtf8();
      next = next.map(said -> said.toBuilder().setSource(LogSource.LOG_SOURCE_STDERR).build());
    }
    begun = true;
    return next;
  }

  @Override
  public void write(ByteString input) throws DriverException {
    stream.write(input);
  }

  @Override
  public void endInput() {
    stream.endInput();
  }

  @Override
  public void resize(TerminalSize size) {
    stream.resize(size);
  }

  /// Its output may have ended before it has.
  @Override
  public int exitCode() throws DriverException, InterruptedException {
    for (long wait = FIRST_LOOK_MILLIS; !closed; wait = Math.min(LAST_LOOK_MILLIS, 2 * wait)) {
      InspectExecResponse now = exec.inspect();
      Long code = now.getExitCodeLong();
      if (!Boolean.TRUE.equals(now.isRunning()) && code != null) {
        leave();
        return code == NOT_EXECUTABLE && saysNoSuchProgram() ? NOT_FOUND : Math.clamp(code, 0, 255);
      }
      Thread.sleep(wait);
    }
    throw DriverException.retryable("Left", "nobody waits for the command any more", null);
  }

  private boolean saysNoSuchProgram() {
    return NO_SUCH_PROGRAM.stream().anyMatch(refusal::contains);
  }

  @Override
  public void leave() {
    over.set(true);
    commands.over(exec.id());
  }

  @Override
  public void close() {
    closed = true;
    stream.close();
    if (over.compareAndSet(false, true)) {
      var _ =
          Thread.ofVirtual()
              .name("docker-exec-end")
              .start(() -> end(exec, process.get(), commands));
    }
  }

  /// @param process null: it is looked for
  private static void end(
      DaemonExec exec, @Nullable ContainerProcess process, OpenCommands commands) {
    try {
      Optional<ContainerProcess> running =
          process == null ? exec.find(() -> false, DaemonExec.START_LIMIT) : Optional.of(process);
      running.ifPresent(each -> each.end(commands.commands()));
      commands.over(exec.id());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
