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
  private static final long FIND_MILLIS = 30_000;

  private final DockerApi api;
  private final String id;
  private final ContainerStream stream;
  private final String container;
  private final OpenCommands commands;
  private final AtomicReference<@Nullable ContainerProcess> process = new AtomicReference<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean closed;
  private boolean begun;
  private String refusal = "";

  private ContainerExec(
      DockerApi api, String id, ContainerStream stream, String container, OpenCommands commands) {
    this.api = api;
    this.id = id;
    this.stream = stream;
    this.container = container;
    this.commands = commands;
  }

  /// Starts a command.
  ///
  /// @param container its id
  /// @param commands remembers it while somebody waits for it
  static ContainerExec start(
      DockerApi api, String container, OpenExec command, OpenCommands commands)
      throws DriverException {
    String id = create(api, container, command);
    boolean terminal = command.getTerminal();
    ContainerStream stream =
        ContainerStream.open(
            api,
            "/exec/" + id + "/start",
            "{\"Detach\":" + command.getDetach() + ",\"Tty\":" + terminal + "}",
            terminal,
            command.getInput(),
            "ExecFailed",
            size -> resize(api, id, size, 1));
    if (terminal && command.hasSize()) {
      // The daemon answers before the command is there, and until then knows no terminal.
      resize(api, id, command.getSize(), SIZE_TRIES);
    }
    ContainerExec made = new ContainerExec(api, id, stream, container, commands);
    if (!command.getDetach()) {
      // Later the daemon may not be there to be asked.
      var _ = Thread.ofVirtual().name("docker-exec-find").start(made::find);
    }
    return made;
  }

  /// The daemon answers before the command is there, on a busy host by seconds; of one on another
  /// host it is never found.
  private void find() {
    Optional<ContainerProcess> found = inspected();
    long left = FIND_MILLIS;
    for (long wait = FIRST_LOOK_MILLIS; found.isEmpty() && left > 0; left -= wait) {
      wait = Math.min(LAST_LOOK_MILLIS, 2 * wait);
      if (over.get() || !pause(wait)) {
        return;
      }
      found = inspected();
    }
    if (found.isPresent() && !over.get()) {
      process.set(found.get());
      commands.begun(id, found.get());
      if (over.get()) {
        commands.over(id);
      }
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
      InspectExecResponse now = inspect();
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

  private InspectExecResponse inspect() throws DriverException {
    try {
      return api.call("inspect exec", LIMIT, client -> client.inspectExecCmd(id).exec());
    } catch (DockerException e) {
      throw DriverException.retryable(
          "ExitCodeUnknown",
          "the command's exit code is not known (" + Refusals.words(e) + "); its container is gone",
          e);
    }
  }

  @Override
  public void leave() {
    over.set(true);
    commands.over(id);
  }

  @Override
  public void close() {
    closed = true;
    stream.close();
    if (over.compareAndSet(false, true)) {
      var _ = Thread.ofVirtual().name("docker-exec-end").start(this::end);
    }
  }

  private void end() {
    Optional.ofNullable(process.get())
        .or(this::inspected)
        .ifPresent(running -> running.end(commands.commands()));
    commands.over(id);
  }

  /// Its process on this host while it runs.
  private Optional<ContainerProcess> inspected() {
    try {
      InspectExecResponse now = inspect();
      return Boolean.TRUE.equals(now.isRunning())
          ? Optional.ofNullable(now.getPidLong())
              .filter(pid -> pid > 0)
              .flatMap(pid -> ContainerProcess.find(commands.proc(), container, pid))
          : Optional.empty();
    } catch (DriverException e) {
      LOG.debug("exec {} cannot be asked for its process: {}", id, e.getMessage());
      return Optional.empty();
    }
  }
}
