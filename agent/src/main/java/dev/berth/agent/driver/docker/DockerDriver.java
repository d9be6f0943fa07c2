package dev.berth.agent.driver.docker;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import dev.berth.agent.driver.AttachCapable;
import dev.berth.agent.driver.CommitCapable;
import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.ContainerNetworks;
import dev.berth.agent.driver.ContainerVolumes;
import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.ExecCapable;
import dev.berth.agent.driver.Execution;
import dev.berth.agent.driver.ForwardCapable;
import dev.berth.agent.driver.ImageCapable;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.LogCapable;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.NetworkCapable;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.agent.driver.PullLogins;
import dev.berth.agent.driver.ReclaimableImages;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.agent.driver.SignalCapable;
import dev.berth.agent.driver.StatsCapable;
import dev.berth.agent.driver.TopCapable;
import dev.berth.agent.driver.VolumeCapable;
import dev.berth.agent.port.HostPrograms;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Image;
import dev.berth.v1.InstanceCommitRequest;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenAttach;
import dev.berth.v1.OpenExec;
import dev.berth.v1.PathStat;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs containers through the Docker daemon.
///
/// Containers are named after their instance and carry its labels; those are the only memory. The
/// way from an assignment to a running container is two calls, create and start, with nothing
/// asked in between.
public final class DockerDriver
    implements RuntimeDriver,
        LogCapable,
        StatsCapable,
        PauseCapable,
        ResizeCapable,
        ExecCapable,
        AttachCapable,
        ForwardCapable,
        SignalCapable,
        TopCapable,
        CopyCapable,
        CommitCapable,
        ImageCapable,
        VolumeCapable,
        NetworkCapable {
  static final String NAME = "docker";

  private static final Logger LOG = LoggerFactory.getLogger(DockerDriver.class);

  private static final Duration PULL_SILENCE = Duration.ofMinutes(2);
  private static final EventFollower.Limits EVENT_LIMITS =
      new EventFollower.Limits(Duration.ofSeconds(5), Duration.ofSeconds(5));

  private final Owner owner;
  private final DockerApi api;
  private final ContainerStates states = new ContainerStates();
  private final DaemonImages images;
  private final DaemonVolumes volumes;
  private final DaemonNetworks networks;
  private final RuntimeReport report;
  private final ContainerListing listing;
  private final ContainerUsage usage;
  private final ContainerPrograms programs;
  private final ContainerCreation creation;
  private volatile @Nullable EventFollower follower;

  /// Connects when it is first used.
  ///
  /// @param dockerHost the daemon's address, `unix:///var/run/docker.sock`
  /// @param owner whose containers to make and touch
  /// @param logins who it is to registries; where it says nothing, the user's docker does
  /// @param commands directory for the commands that run, the agent's alone
  public DockerDriver(URI dockerHost, Owner owner, PullLogins logins, Path commands) {
    this(dockerHost, owner, logins, RegistryCredentials.ofUser(), Path.of("/"), commands);
  }

  DockerDriver(URI dockerHost, Owner owner) {
    this(dockerHost, owner, RegistryCredentials.ofUser(), Path.of("/"));
  }

  DockerDriver(URI dockerHost, Owner owner, RegistryCredentials credentials, Path root) {
    this(dockerHost, owner, PullLogins.none(), credentials, root);
  }

  DockerDriver(
      URI dockerHost, Owner owner, PullLogins logins, RegistryCredentials credentials, Path root) {
    this(dockerHost, owner, logins, credentials, root, null);
  }

  private DockerDriver(
      URI dockerHost,
      Owner owner,
      PullLogins logins,
      RegistryCredentials credentials,
      Path root,
      @Nullable Path commands) {
    this.owner = owner;
    api = new DockerApi(dockerHost);
    HostPathPolicy paths = new HostPathPolicy(api.socket());
    ImageTransfer puller =
        new ImageTransfer(api, credentials, PULL_SILENCE, new DaemonDisk(api, owner));
    images = new DaemonImages(api, owner, puller);
    volumes = new DaemonVolumes(api, owner, paths);
    networks = new DaemonNetworks(api, owner);
    report = new RuntimeReport(api);
    listing = new ContainerListing(api, owner, this::look);
    usage = new ContainerUsage(root, api);
    programs =
        new ContainerPrograms(
            api, new OpenCommands(root.resolve("proc"), commands, new HostPrograms()));
    creation =
        new ContainerCreation(
            api,
            owner,
            new ContainerCreation.Needs(paths, puller, networks, logins),
            programs::made,
            this::look);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Kind kind() {
    return Kind.KIND_CONTAINER;
  }

  @Override
  public DriverReport describe() {
    return report.now();
  }

  @Override
  public Observation prepare(AssignedInstance instance, PrepareListener listener)
      throws DriverException {
    return creation.create(instance, listener);
  }

  @Override
  public Observation start(RuntimeHandle handle) throws DriverException {
    String id = handle.runtimeId();
    programs.starting(id);
    ContainerStates.Starting starting = states.starting(id);
    try {
      var _ = api.call("start", CALL_LIMIT, client -> client.startContainerCmd(id).exec());
      starting.settle(true);
      return new Observation(handle, new RunState.Running(starting.time()), Map.of());
    } catch (NotModifiedException _) {
      starting.settle(false); // it was started by an earlier call or by someone else
      return inspect(handle);
    } catch (NotFoundException e) {
      starting.settle(false);
      throw networks
          .lost(e)
          .orElseGet(() -> DriverException.retryable("Vanished", Refusals.words(e), e));
    } catch (DockerException e) {
      starting.settle(false);
      throw Refusals.of("StartFailed", e);
    }
  }

  @Override
  public Observation stop(RuntimeHandle handle, Duration grace) throws DriverException {
    long seconds = Math.min(3600, grace.plusMillis(999).toSeconds());
    try {
      var _ =
          api.call(
              "stop",
              CALL_LIMIT.plusSeconds(seconds),
              client ->
                  client.stopContainerCmd(handle.runtimeId()).withTimeout((int) seconds).exec());
    } catch (NotModifiedException _) {
      return inspect(handle); // it had ended
    } catch (NotFoundException _) {
      return gone(handle);
    } catch (DockerException e) {
      throw Refusals.retryable("StopFailed", e);
    }
    return inspect(handle);
  }

  @Override
  public void remove(RuntimeHandle handle) throws DriverException {
    try {
      var _ =
          api.call(
              "remove",
              CALL_LIMIT,
              client ->
                  client
                      .removeContainerCmd(handle.runtimeId())
                      .withForce(true)
                      .withRemoveVolumes(true)
                      .exec());
    } catch (NotFoundException _) {
      forget(handle.runtimeId());
      return;
    } catch (DockerException e) {
      throw Refusals.retryable("RemoveFailed", e);
    }
    forget(handle.runtimeId());
  }

  private void forget(String container) {
    states.forget(container);
    programs.forget(container);
  }

  @Override
  public Observation inspect(RuntimeHandle handle) throws DriverException {
    return look(handle.runtimeId(), handle.instanceId()).orElseGet(() -> gone(handle));
  }

  @Override
  public Effect resize(RuntimeHandle handle, Resources resources) throws DriverException {
    try {
      var _ =
          api.call(
              "update",
              CALL_LIMIT,
              client -> ContainerRequest.update(client, handle.runtimeId(), resources).exec());
      return Effect.NOW;
    } catch (NotFoundException e) {
      throw DriverException.retryable("Vanished", Refusals.words(e), e);
    } catch (DockerException e) {
      throw Refusals.of("ResizeFailed", e);
    }
  }

  @Override
  public void pause(RuntimeHandle handle) throws DriverException {
    String id = handle.runtimeId();
    stand("pause", handle, true, client -> client.pauseContainerCmd(id).exec());
  }

  @Override
  public void unpause(RuntimeHandle handle) throws DriverException {
    String id = handle.runtimeId();
    stand("unpause", handle, false, client -> client.unpauseContainerCmd(id).exec());
  }

  /// Looked at first: the daemon refuses what is so already, and says it in words alone.
  private void stand(
      String verb, RuntimeHandle handle, boolean still, Function<DockerClient, @Nullable Void> call)
      throws DriverException {
    if (requireRunning(handle).paused() == still) {
      return;
    }
    try {
      var _ = api.call(verb, CALL_LIMIT, client -> Optional.ofNullable(call.apply(client)));
    } catch (DockerException e) {
      throw DriverException.permanent("PauseFailed", Refusals.words(e), e);
    }
  }

  @Override
  public void signal(RuntimeHandle handle, int signal) throws DriverException {
    String id = handle.runtimeId();
    requireRunning(handle);
    try {
      var _ =
          api.call(
              "kill",
              CALL_LIMIT,
              client ->
                  Optional.ofNullable(
                      client.killContainerCmd(id).withSignal(Integer.toString(signal)).exec()));
    } catch (ConflictException e) {
      throw DriverException.permanent(NOT_RUNNING, "it does not run", e);
    } catch (DockerException e) {
      throw DriverException.permanent("KillFailed", Refusals.words(e), e);
    }
  }

  @Override
  public Table top(RuntimeHandle handle, List<String> options) throws DriverException {
    requireRunning(handle);
    return ContainerProcesses.of(api, handle.runtimeId(), options);
  }

  @Override
  public PathStat stat(RuntimeHandle handle, String path) throws DriverException {
    return new ContainerArchive(api, handle.runtimeId()).stat(path);
  }

  @Override
  public Archive read(RuntimeHandle handle, String path) throws DriverException {
    return new ContainerArchive(api, handle.runtimeId()).open(path);
  }

  @Override
  public void write(RuntimeHandle handle, String directory, boolean keepOwners, InputStream archive)
      throws DriverException, IOException {
    new ContainerArchive(api, handle.runtimeId()).write(directory, archive);
  }

  private RunState.Running requireRunning(RuntimeHandle handle) throws DriverException {
    if (inspect(handle).state() instanceof RunState.Running running) {
      return running;
    }
    throw DriverException.permanent(NOT_RUNNING, "it does not run", null);
  }

  @Override
  public Listing recover() {
    return listing.now();
  }

  @Override
  public void follow(RuntimeListener listener) {
    EventFollower made =
        new EventFollower(api, owner, this::inspect, states, listener, EVENT_LIMITS);
    follower = made;
    made.start();
    programs.endLeftOver();
    var _ = Thread.ofVirtual().name("docker-warm-up").start(this::warmUp);
  }

  /// Loads what a create needs and opens a connection, so that the first instance does not wait a
  /// quarter of a second for it. Nothing is made.
  private void warmUp() {
    try {
      var _ =
          api.call(
              "warm-up",
              CALL_LIMIT,
              client ->
                  ContainerRequest.warmUp(client, owner).length
                      + client.listContainersCmd().withLimit(1).exec().size());
      var _ = look("berth-no-such-container", "");
    } catch (DriverException | DockerException e) {
      LOG.debug("docker cannot be warmed up now: {}", e.getMessage());
    }
  }

  @Override
  public LogReader openLogs(RuntimeHandle handle, LogQuery query) throws DriverException {
    String id = handle.runtimeId();
    return ContainerLogReader.open(api, id, query, programs.hasTerminal(id));
  }

  @Override
  public Execution exec(RuntimeHandle handle, OpenExec command) throws DriverException {
    return programs.exec(handle.runtimeId(), command);
  }

  @Override
  public ProgramStream attach(RuntimeHandle handle, OpenAttach wishes) throws DriverException {
    return programs.attach(handle.runtimeId(), wishes);
  }

  @Override
  public InetSocketAddress address(RuntimeHandle handle, int port) throws DriverException {
    return programs.address(handle.runtimeId(), port);
  }

  @Override
  public List<InstanceUsage> stats(Collection<RuntimeHandle> handles) {
    return usage.of(handles);
  }

  @Override
  public Image commit(RuntimeHandle handle, InstanceCommitRequest order, PrepareListener listener)
      throws DriverException {
    return new ContainerCommit(api, images).commit(handle.runtimeId(), order);
  }

  @Override
  public ContainerImages images() {
    return images;
  }

  @Override
  public ReclaimableImages reclaimable() {
    return new DaemonImageStore(api, owner);
  }

  @Override
  public ContainerVolumes volumes() {
    return volumes;
  }

  @Override
  public ContainerNetworks networks() {
    return networks;
  }

  @Override
  public OptionalLong storageBytes(RuntimeHandle handle) {
    return usage.storageBytes(handle);
  }

  @Override
  public void close() {
    EventFollower following = follower;
    if (following != null) {
      following.close();
    }
    api.close();
  }

  /// What is true of a container, by id or name; empty when the daemon says that there is none.
  private Optional<Observation> look(String idOrName, String instanceId) throws DriverException {
    InspectContainerResponse answer;
    try {
      answer =
          api.call(
              "inspect",
              CALL_LIMIT,
              client -> requireNonNull(client.inspectContainerCmd(idOrName).exec()));
    } catch (NotFoundException _) {
      return Optional.empty();
    } catch (DockerException e) {
      throw Refusals.retryable("InspectFailed", e);
    }
    String id = answer.getId();
    if (id == null || id.isEmpty()) {
      throw DriverException.retryable("BadAnswer", "docker showed a container without id", null);
    }
    Map<String, String> labels =
        answer.getConfig() == null || answer.getConfig().getLabels() == null
            ? Map.of()
            : answer.getConfig().getLabels();
    return Optional.of(
        new Observation(
            new RuntimeHandle(NAME, instanceId, id),
            states.of(id, answer),
            ContainerListing.ours(labels)));
  }

  private static Observation gone(RuntimeHandle handle) {
    return new Observation(handle, new RunState.Gone(), Map.of());
  }
}
