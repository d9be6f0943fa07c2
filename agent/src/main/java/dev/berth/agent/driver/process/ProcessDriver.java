package dev.berth.agent.driver.process;

import dev.berth.agent.artifact.NodeArtifacts;
import dev.berth.agent.driver.AttachCapable;
import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.ExecCapable;
import dev.berth.agent.driver.Execution;
import dev.berth.agent.driver.ForwardCapable;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.LogCapable;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Occupied;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.agent.driver.SignalCapable;
import dev.berth.agent.driver.StatsCapable;
import dev.berth.agent.driver.TopCapable;
import dev.berth.spec.Signals;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenAttach;
import dev.berth.v1.OpenExec;
import dev.berth.v1.PathStat;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs plain processes. Each has a directory with what it is and how it went, a cgroup, and a
/// carrier, a small shell script that outlives the agent: those are the only memory.
public final class ProcessDriver
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
        CopyCapable {
  static final String NAME = "process";

  private static final Logger LOG = LoggerFactory.getLogger(ProcessDriver.class);

  private final Owner owner;
  private final ProcessGround ground;
  private final ProcessStates states;
  private final ProcessMaker maker;
  private final ProcessVerbs verbs;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Set<String> running = ConcurrentHashMap.newKeySet();
  private volatile @Nullable RuntimeListener listener;
  private volatile @Nullable EndWatch watch;

  /// @param owner whose processes to make and touch
  /// @param ground of the node
  /// @param artifacts what processes start from that is fetched
  public ProcessDriver(Owner owner, ProcessGround ground, NodeArtifacts artifacts) {
    this.owner = owner;
    this.ground = ground;
    this.states = new ProcessStates(ground.host(), ground.cgroups());
    this.maker =
        new ProcessMaker(
            owner,
            ground,
            new FilePlacer(artifacts.files()),
            new RootPlacer(artifacts.roots(), ground.directory()));
    this.verbs = new ProcessVerbs(ground, maker);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Kind kind() {
    return Kind.KIND_PROCESS;
  }

  @Override
  public DriverReport describe() {
    return ground.report().now();
  }

  @Override
  public Observation prepare(AssignedInstance instance, PrepareListener preparing)
      throws DriverException {
    InstanceFiles files = ground.files(instance.getInstanceId());
    ReentrantLock lock = lock(files.id());
    ground.door().open();
    try {
      if (isRuin(files)) {
        maker.remove(files);
      }
      if (!files.exists()) {
        maker.make(instance, files, preparing);
      } else if (!files.isOf(owner)) {
        throw DriverException.permanent(
            "NameTaken", files.directory() + " is not ours; remove it", null);
      }
      return observe(files);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Observation start(RuntimeHandle handle) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    ReentrantLock lock = lock(files.id());
    ground.door().open();
    try {
      Observation before = observe(files);
      switch (before.state()) {
        case RunState.Running _ -> {
          return before;
        }
        case RunState.Gone _ ->
            throw DriverException.retryable(
                "Vanished", "there is no process " + files.id() + " any more", null);
        case RunState.Created _ -> {}
        case RunState.Exited _ -> end(files).force();
      }
      maker.start(files);
      running.add(files.id());
    } finally {
      lock.unlock();
    }
    Observation now = observe(files);
    tell(now);
    return now;
  }

  @Override
  public Observation stop(RuntimeHandle handle, Duration grace) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    Observation before = observe(files);
    if (!(before.state() instanceof RunState.Running)) {
      return before;
    }
    if (grace.isPositive()) {
      try {
        ground.tree(files.id()).terminate();
        if (before.state() instanceof RunState.Running(_, boolean paused) && paused) {
          ground.cgroups().of(files.id()).freeze(false);
        }
      } catch (IOException e) {
        throw failed("StopFailed", e);
      }
      if (end(files).comesWithin(grace)) {
        return observe(files);
      }
    }
    end(files).force();
    return observe(files);
  }

  private ProcessEnd end(InstanceFiles files) {
    return new ProcessEnd(
        ground.tree(files.id()), () -> observe(files).state() instanceof RunState.Running);
  }

  @Override
  public void pause(RuntimeHandle handle) throws DriverException {
    stand(handle, true);
  }

  @Override
  public void unpause(RuntimeHandle handle) throws DriverException {
    stand(handle, false);
  }

  private void stand(RuntimeHandle handle, boolean still) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    require("pause", "let processes stand still");
    ReentrantLock lock = lock(files.id());
    try {
      RunNote _ = runningNote(files);
      ground.cgroups().of(files.id()).freeze(still);
    } catch (IOException e) {
      throw failed("PauseFailed", e);
    } finally {
      lock.unlock();
    }
    tell(observe(files));
  }

  @Override
  public void signal(RuntimeHandle handle, int signal) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    // Nothing is started meanwhile, so that KILL ends this run and not the next one.
    ReentrantLock lock = lock(files.id());
    try {
      RunNote run = runningNote(files);
      if (signal == Signals.KILL) {
        end(files).force();
      } else {
        verbs.signal(files, run, signal);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Table top(RuntimeHandle handle, List<String> options) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    RunNote _ = runningNote(files);
    return verbs.top(files, options);
  }

  @Override
  public PathStat stat(RuntimeHandle handle, String path) throws DriverException {
    return verbs.filesOf(ground.files(handle.instanceId())).stat(path);
  }

  @Override
  public Archive read(RuntimeHandle handle, String path) throws DriverException {
    return verbs.filesOf(ground.files(handle.instanceId())).read(path);
  }

  @Override
  public void write(RuntimeHandle handle, String directory, boolean keepOwners, InputStream archive)
      throws DriverException, IOException {
    verbs.filesOf(ground.files(handle.instanceId())).write(directory, keepOwners, archive);
  }

  private RunNote runningNote(InstanceFiles files) throws DriverException {
    Optional<RunNote> run = files.run();
    if (run.isEmpty() || !(observe(files).state() instanceof RunState.Running)) {
      throw DriverException.permanent(NOT_RUNNING, "it does not run", null);
    }
    return run.get();
  }

  private void require(String capability, String what) throws DriverException {
    if (!ground.cgroups().capabilities().contains(capability)) {
      throw DriverException.permanent(
          "NotCapable",
          "this node's agent cannot "
              + what
              + "; run it as root, and let the kernel have the cgroup controllers",
          null);
    }
  }

  @Override
  public Effect resize(RuntimeHandle handle, Resources resources) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    require("resize", "give processes other limits");
    ReentrantLock lock = lock(files.id());
    try {
      AssignedInstance.Builder changed = files.instance().toBuilder();
      changed.getSpecBuilder().setResources(resources);
      if (observe(files).state() instanceof RunState.Running) {
        ground.cgroups().of(files.id()).limit(CgroupLimits.of(changed.getSpec()));
      }
      files.change(changed.build());
      return Effect.NOW;
    } catch (IOException e) {
      throw DriverException.permanent(
          "ResizeFailed",
          "the kernel refuses it, most often because more memory is in use: " + e.getMessage(),
          e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void remove(RuntimeHandle handle) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    ReentrantLock lock = lock(files.id());
    try {
      if (files.exists()) {
        if (!files.isOf(owner)) {
          return;
        }
        end(files).force();
        maker.remove(files);
      }
    } finally {
      lock.unlock();
    }
    running.remove(files.id());
    locks.remove(files.id());
    tell(new Observation(handle, new RunState.Gone(), Map.of()));
  }

  @Override
  public Observation inspect(RuntimeHandle handle) throws DriverException {
    return observe(ground.files(handle.instanceId()));
  }

  @Override
  public Listing recover() {
    try {
      List<Observation> found = new ArrayList<>();
      for (InstanceFiles files : InstanceFiles.all(ground.directory())) {
        if (isRuin(files)) {
          LOG.warn("{}: cannot be read, and nothing of it runs", files.directory());
        } else if (!files.isWhole()) {
          return new Listing.Unknown(files.directory() + ": runs, and cannot be read");
        } else if (files.isOf(owner)) {
          found.add(observe(files));
        }
      }
      return new Listing.Complete(found);
    } catch (IOException | DriverException e) {
      return new Listing.Unknown(String.valueOf(e.getMessage()));
    }
  }

  /// What a loss of power left of an instance.
  private boolean isRuin(InstanceFiles files) {
    return files.exists() && !files.isWhole() && files.run().filter(ground.host()::runs).isEmpty();
  }

  private Observation observe(InstanceFiles files) throws DriverException {
    RuntimeHandle handle = new RuntimeHandle(NAME, files.id(), files.id());
    try {
      RunState state = states.of(files);
      if (state instanceof RunState.Running) {
        running.add(files.id());
      }
      return new Observation(
          handle,
          state,
          state instanceof RunState.Gone ? Map.of() : Labels.of(owner, files.instance()),
          List.of(),
          ground.remark());
    } catch (IOException e) {
      if (!files.exists()) {
        return new Observation(handle, new RunState.Gone(), Map.of());
      }
      throw failed("InspectFailed", e);
    }
  }

  @Override
  public void follow(RuntimeListener told) {
    listener = told;
    EndWatch made =
        new EndWatch(
            ground.directory().resolve(InstanceFiles.ENDS), this::ended, this::lookAtRunning);
    watch = made;
    made.start();
    told.resumed();
  }

  private void ended(String id) {
    InstanceFiles files = ground.files(id);
    if (!files.exists() || !files.isOf(owner)) {
      return;
    }
    try {
      Observation now = observe(files);
      if (!(now.state() instanceof RunState.Running)) {
        running.remove(id);
        tell(now);
      }
    } catch (DriverException e) {
      LOG.warn("process {} changed, and cannot be looked at: {}", id, e.getMessage());
    }
  }

  /// Finds those whose carrier was killed: nobody else says so.
  private void lookAtRunning() {
    List.copyOf(running).forEach(this::ended);
  }

  private void tell(Observation news) {
    RuntimeListener told = listener;
    if (told != null) {
      told.changed(news);
    }
  }

  @Override
  public LogReader openLogs(RuntimeHandle handle, LogQuery query) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    return ProcessLog.open(files, query, () -> runs(files));
  }

  private boolean runs(InstanceFiles files) {
    try {
      return observe(files).state() instanceof RunState.Running;
    } catch (DriverException _) {
      return true; // nobody knows: whoever watches goes on watching
    }
  }

  @Override
  public Execution exec(RuntimeHandle handle, OpenExec command) throws DriverException {
    return new ProcessCommands(ground, maker).start(running(handle), command);
  }

  @Override
  public ProgramStream attach(RuntimeHandle handle, OpenAttach wishes) throws DriverException {
    InstanceFiles files = running(handle);
    return new WatchedOutput(ProcessLog.watch(files, () -> runs(files)));
  }

  @Override
  public InetSocketAddress address(RuntimeHandle handle, int port) {
    return verbs.address(port);
  }

  private InstanceFiles running(RuntimeHandle handle) throws DriverException {
    InstanceFiles files = ground.files(handle.instanceId());
    if (!(observe(files).state() instanceof RunState.Running)) {
      throw DriverException.permanent(NOT_RUNNING, "it does not run", null);
    }
    return files;
  }

  @Override
  public List<InstanceUsage> stats(Collection<RuntimeHandle> handles) {
    return ground.cgroups().holdsTrees()
        ? handles.stream()
            .flatMap(each -> ProcessUsage.of(each, ground.cgroups()).stream())
            .toList()
        : List.of();
  }

  @Override
  public OptionalLong storageBytes(RuntimeHandle handle) {
    InstanceFiles files = ground.files(handle.instanceId());
    OptionalLong own = Occupied.by(files.directory());
    return own.isPresent()
        ? OptionalLong.of(own.getAsLong() + Occupied.by(files.work().path()).orElse(0))
        : own;
  }

  @Override
  public void close() {
    EndWatch watching = watch;
    if (watching != null) {
      watching.close();
    }
    ground.cgroups().leave();
  }

  private ReentrantLock lock(String id) {
    ReentrantLock lock = locks.computeIfAbsent(id, _ -> new ReentrantLock());
    lock.lock();
    return lock;
  }

  static DriverException failed(String reason, IOException e) {
    return DriverException.retryable(reason, "its files cannot be used: " + e.getMessage(), e);
  }
}
