package dev.berth.agent.driver.process;

import dev.berth.agent.driver.ExecContractTest;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;

/// What every driver does, shown by the process driver with the version 1 of cgroups alone.
@Timeout(60)
class ProcessDriverV1ContractTest implements RuntimeDriverContractTest, ExecContractTest {
  @Override
  public Fixture fixture() throws IOException {
    return new ProcessFixture(ProcessFixture.Cgroups.V1);
  }
}
