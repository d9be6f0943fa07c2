package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.HostConfig;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ExecContractTest;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.Mount;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every driver does, shown by the docker driver on a real daemon.
@Timeout(180)
class DockerDriverContractIT implements RuntimeDriverContractTest, ExecContractTest {
  private static @Nullable PrivateDocker shared;

  @BeforeAll
  static void startDocker() throws Exception {
    Optional<String> obstacle = PrivateDocker.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "no real dockerd here: " + obstacle.orElse(""));
    shared = PrivateDocker.start();
  }

  @AfterAll
  static void stopDocker() throws Exception {
    PrivateDocker started = shared;
    shared = null;
    if (started != null) {
      started.close();
    }
  }

  @Override
  public Fixture fixture() {
    PrivateDocker started = shared;
    if (started == null) {
      throw new IllegalStateException("dockerd was not started");
    }
    return new Containers(started);
  }

  @Test
  void theKernelHoldsWhatRunsToItsNewLimit() throws Exception {
    try (Containers fixture = (Containers) fixture();
        DockerClient client = fixture.docker.client()) {
      Recorder news = new Recorder();
      fixture.driver.follow(news);
      news.awaitResumed();
      AssignedInstance greedy =
          Containers.instance(
              Containers.shell(
                  "trap 'a=x; while true; do a=$a$a; done' USR1; while true; do sleep 0.1; done"));
      RuntimeHandle handle = fixture.driver.prepare(greedy, _ -> {}).handle();
      Observation _ = fixture.driver.start(handle);
      Resources small = Resources.newBuilder().setCpuMillis(500).setMemoryBytes(16L << 20).build();
      assertEquals(ResizeCapable.Effect.NOW, fixture.driver.resize(handle, small));
      HostConfig limits = client.inspectContainerCmd(handle.runtimeId()).exec().getHostConfig();
      assertEquals(500_000_000L, limits.getNanoCPUs());
      assertEquals(16L << 20, limits.getMemorySwap());
      client.killContainerCmd(handle.runtimeId()).withSignal("USR1").exec();
      RunState end = news.awaitState(handle, RunState.Exited.class).state();
      assertTrue(((RunState.Exited) end).outOfMemory(), end.toString());
    }
  }

  /// Containers of an owner of its own.
  private static final class Containers implements Fixture {
    private final PrivateDocker docker;
    private final String cluster = UUID.randomUUID().toString();
    private final List<DockerDriver> drivers = new ArrayList<>();
    private final DockerDriver driver;

    Containers(PrivateDocker docker) {
      this.docker = docker;
      driver = open("node-1");
    }

    private DockerDriver open(String node) {
      DockerDriver opened = new DockerDriver(docker.host(), new Owner(cluster, node));
      drivers.add(opened);
      return opened;
    }

    @Override
    public RuntimeDriver driver() {
      return driver;
    }

    @Override
    public RuntimeDriver again() {
      return open("node-1");
    }

    @Override
    public RuntimeDriver ofAnotherNode() {
      return open("node-2");
    }

    @Override
    public AssignedInstance thatRuns() {
      return instance(shell("trap 'exit 0' TERM; while true; do sleep 0.1; done"));
    }

    @Override
    public AssignedInstance thatEndsWith(int exitCode) {
      return instance(shell("exit " + exitCode));
    }

    @Override
    public AssignedInstance thatCannotBePrepared() {
      return instance(
          shell("sleep 9").addMounts(Mount.newBuilder().setTarget("/host").setHostPath("/")));
    }

    @Override
    public void close() {
      if (driver.recover() instanceof Listing.Complete left) {
        left.observations().forEach(this::remove);
      }
      drivers.forEach(DockerDriver::close);
    }

    private void remove(Observation one) {
      try {
        driver.remove(one.handle());
      } catch (DriverException e) {
        throw new IllegalStateException(e);
      }
    }

    private static WorkloadSpec.Builder shell(String script) {
      return WorkloadSpec.newBuilder()
          .setContainer(
              ContainerSpec.newBuilder()
                  .setImage(PrivateDocker.IMAGE)
                  .addAllCommand(List.of("/bin/sh", "-c", script)));
    }

    private static AssignedInstance instance(WorkloadSpec.Builder spec) {
      return AssignedInstance.newBuilder()
          .setInstanceId(UUID.randomUUID().toString().replace("-", ""))
          .setNamespace("default")
          .setWorkload("contract")
          .setSlot(1)
          .setSpec(spec)
          .build();
    }
  }
}
