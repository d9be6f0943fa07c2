package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.FakeDriver;
import dev.berth.agent.driver.FakeRuntime;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.NodeDescription;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class NodeDescriberTest {
  private final AtomicBoolean listed = new AtomicBoolean();
  private final AtomicReference<Optional<String>> problem = new AtomicReference<>(Optional.empty());
  private final NodeDescriber describer =
      new NodeDescriber(
          NodeDescriberTest::describe,
          new DriverRegistry(
              List.of(
                  new FakeDriver(
                      new FakeRuntime(InstantSource.system()), new Owner("cluster-1", "node-1")))),
          problem::get,
          driver -> listed.get(),
          description -> {},
          AgentClock.system());

  @Test
  void aRuntimeThatWasNotListedIsNotAvailableSoThatNothingIsConcludedFromAHello() {
    assertFalse(driver().getAvailable());
    assertEquals("its instances have not been listed yet", driver().getMessage());
    listed.set(true);
    assertTrue(driver().getAvailable());
  }

  @Test
  void aDiskThatIsFullTakesNoNewInstances() {
    listed.set(true);
    problem.set(Optional.of("state/instances: cannot be written: No space left on device"));
    assertFalse(driver().getAvailable());
    assertTrue(driver().getMessage().contains("No space left"));
    problem.set(Optional.empty());
    assertTrue(driver().getAvailable());
  }

  private DriverDescription driver() {
    return describer.latest().getDrivers(0);
  }

  private static NodeDescription describe(List<DriverReport> drivers) {
    return NodeDescription.newBuilder()
        .addAllDrivers(drivers.stream().map(DriverReport::description).toList())
        .build();
  }
}
