package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.berth.agent.artifact.NodeArtifacts;
import dev.berth.agent.driver.Assigned;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.facts.CgroupHierarchy;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.HostPrograms;
import dev.berth.agent.port.Threads;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.LogChunk;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Real processes in a directory and in cgroups of their own, of which nothing is left.
final class ProcessFixture implements RuntimeDriverContractTest.Fixture {
  static final Owner OWNER = new Owner("11111111-2222-3333-4444-555555555555", "alpha");
  private static final Owner OTHER = new Owner(OWNER.clusterUid(), "beta");

  /// What of the machine's cgroups is used.
  enum Cgroups {
    /// All that there is.
    HOST,
    /// As on a host without the unified hierarchy.
    V1,
    /// None, as for an agent that is not root.
    NONE
  }

  private final Path directory;
  private final ProcessGround ground;
  private final NodeArtifacts artifacts;
  private final List<ProcessDriver> drivers = new ArrayList<>();
  private final Optional<Path> root;
  private int made;

  ProcessFixture(Cgroups cgroups) throws IOException {
    this(cgroups, false);
  }

  /// @param rooted whether its programs have a root file system of their own
  ProcessFixture(Cgroups cgroups, boolean rooted) throws IOException {
    directory = Files.createTempDirectory("berth-process");
    CgroupHierarchy host = CgroupHierarchy.read(Path.of("/"));
    String base = "berth-test-" + UUID.randomUUID();
    CgroupGround chosen =
        switch (cgroups) {
          case HOST -> CgroupGround.open(host, base);
          case V1 ->
              CgroupGround.open(new CgroupHierarchy(host.v1(), Optional.empty(), List.of()), base);
          case NONE -> CgroupGround.NONE;
        };
    ground =
        ProcessGround.of(
            directory,
            chosen,
            List.of(),
            new HostPrograms(),
            CgroupDoor.of(host, Path.of("/proc")));
    root = rooted ? Optional.of(SmallRoot.make(directory.resolve("small"))) : Optional.empty();
    artifacts = NodeArtifacts.open(directory, AgentClock.system(), Threads.virtual());
  }

  ProcessGround ground() {
    return ground;
  }

  /// The root file system of its programs.
  Path root() {
    return root.orElseThrow();
  }

  /// What its processes start from.
  NodeArtifacts artifacts() {
    return artifacts;
  }

  private ProcessDriver driver(Owner owner) {
    ProcessDriver driver = new ProcessDriver(owner, ground, artifacts);
    drivers.add(driver);
    return driver;
  }

  @Override
  public String place() {
    return directory.toString();
  }

  @Override
  public ProcessDriver driver() {
    return drivers.isEmpty() ? driver(OWNER) : drivers.getFirst();
  }

  @Override
  public RuntimeDriver again() {
    return driver(OWNER);
  }

  @Override
  public RuntimeDriver ofAnotherNode() {
    return driver(OTHER);
  }

  @Override
  public AssignedInstance thatRuns() {
    // With number 1 a program gets no signal that it does not handle.
    return root.isPresent()
        ? program("sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done")
        : program("sleep", "1000");
  }

  @Override
  public AssignedInstance thatEndsWith(int exitCode) {
    return program("sh", "-c", "exit " + exitCode);
  }

  @Override
  public AssignedInstance thatCannotBePrepared() {
    return of(spec("true").setUser("no-such-user"));
  }

  static ProcessSpec.Builder spec(String... command) {
    return ProcessSpec.newBuilder().addAllCommand(List.of(command));
  }

  AssignedInstance program(String... command) {
    ProcessSpec.Builder process = spec(command);
    return of(root.map(at -> SmallRoot.in(at, process)).orElse(process));
  }

  AssignedInstance of(ProcessSpec.Builder process) {
    made++;
    AssignedInstance.Builder instance =
        Assigned.container("web" + made, 1, "none").toBuilder()
            .setInstanceId(UUID.randomUUID().toString().replace("-", ""));
    instance.getSpecBuilder().setProcess(process);
    return instance.build();
  }

  /// Starts it.
  RuntimeHandle run(AssignedInstance instance) throws DriverException {
    RuntimeHandle handle = driver().prepare(instance, _ -> {}).handle();
    var _ = driver().start(handle);
    return handle;
  }

  /// Waits for its end.
  RunState.Exited ended(RuntimeHandle handle) throws DriverException, InterruptedException {
    RunState state = driver().inspect(handle).state();
    while (state instanceof RunState.Running) {
      Thread.sleep(5);
      state = driver().inspect(handle).state();
    }
    return assertInstanceOf(RunState.Exited.class, state);
  }

  /// What it wrote; all of it to its end when the query follows.
  String output(RuntimeHandle handle, LogQuery query) throws Exception {
    StringBuilder text = new StringBuilder();
    try (LogReader reader = driver().openLogs(handle, query)) {
      for (Optional<LogChunk> next = reader.next(); next.isPresent(); next = reader.next()) {
        text.append(next.get().getData().toStringUtf8());
      }
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    try {
      for (InstanceFiles files : InstanceFiles.all(directory)) {
        // By whoever made it: a driver leaves alone what is another's.
        driver(files.owner().orElse(OWNER))
            .remove(new RuntimeHandle(ProcessDriver.NAME, files.id(), files.id()));
      }
    } catch (DriverException e) {
      throw new IOException(e);
    } finally {
      drivers.forEach(ProcessDriver::close);
    }
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
