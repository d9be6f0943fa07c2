package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.RuntimeDriverContractTest;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/// What every driver does, shown by the libvirt driver with real QEMU.
@Timeout(180)
class LibvirtDriverContractIT implements RuntimeDriverContractTest {
  private static @Nullable PrivateLibvirt shared;

  @BeforeAll
  static void startLibvirt() throws Exception {
    Optional<String> obstacle = PrivateLibvirt.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "no real libvirtd here: " + obstacle.orElse(""));
    shared = PrivateLibvirt.start();
  }

  @AfterAll
  static void stopLibvirt() throws Exception {
    PrivateLibvirt started = shared;
    shared = null;
    if (started != null) {
      started.close();
    }
  }

  @Override
  public Fixture fixture() throws IOException {
    PrivateLibvirt started = shared;
    if (started == null) {
      throw new IllegalStateException("libvirtd was not started");
    }
    return new MachineFixture(started.uri(), LibvirtHypervisor::new);
  }
}
