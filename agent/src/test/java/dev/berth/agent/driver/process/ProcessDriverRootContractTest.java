package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ExecContractTest;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import dev.berth.agent.driver.RuntimeHandle;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every driver does, shown by processes with root file systems of their own.
@Timeout(60)
class ProcessDriverRootContractTest implements RuntimeDriverContractTest, ExecContractTest {
  @Override
  public Fixture fixture() throws IOException {
    Optional<String> obstacle = SmallRoot.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    return new ProcessFixture(ProcessFixture.Cgroups.HOST, true);
  }

  /// What its programs see nobody else does.
  @Override
  @Test
  public void copiesInAndOutOfWhatNeedNotRun() throws Exception {
    try (Fixture fixture = fixture()) {
      RuntimeHandle handle =
          RuntimeDriverContractTest.prepare(fixture.driver(), fixture.thatRuns()).handle();
      CopyCapable copies = (CopyCapable) fixture.driver();
      DriverException refusal =
          assertThrows(DriverException.class, () -> copies.stat(handle, "/bin"));
      assertEquals("CopyRefused", refusal.failure().reason());
    }
  }
}
