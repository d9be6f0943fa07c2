package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.RuntimeDriverContractTest;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;

/// What every driver does, shown by processes with root file systems of their own.
@Timeout(60)
class ProcessDriverRootContractTest implements RuntimeDriverContractTest {
  @Override
  public Fixture fixture() throws IOException {
    Optional<String> obstacle = SmallRoot.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    return new ProcessFixture(ProcessFixture.Cgroups.HOST, true);
  }
}
