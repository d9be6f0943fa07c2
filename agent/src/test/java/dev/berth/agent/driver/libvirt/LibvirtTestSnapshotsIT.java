package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.SnapshotCapable;
import dev.berth.v1.VmSnapshot;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Snapshots with libvirt's own driver for tests: its answers, without a machine.
@Timeout(60)
class LibvirtTestSnapshotsIT {
  @BeforeAll
  static void needsTheLibrary() {
    assumeTrue(
        List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64").stream()
            .anyMatch(place -> Files.exists(Path.of(place, "libvirt.so.0"))),
        "libvirt's client library is not installed (Debian's package libvirt0)");
  }

  @Test
  void takesAsManyAsItMayAndGoesBackAndForgetsThemWithTheMachine() throws Exception {
    try (MachineFixture fixture =
        new MachineFixture(URI.create("test:///default"), LibvirtHypervisor::new)) {
      LibvirtDriver driver = fixture.driver();
      assertTrue(
          driver.describe().description().getCapabilitiesList().contains("snapshots"), "says so");
      RuntimeHandle handle = driver.prepare(fixture.thatRuns(), _ -> {}).handle();
      var _ = driver.start(handle);
      for (int i = 0; i < SnapshotCapable.SNAPSHOTS_MAX; i++) {
        assertTrue(driver.createSnapshot(handle, "s-" + i).getWithMemory());
      }
      Failure full =
          assertThrows(DriverException.class, () -> driver.createSnapshot(handle, "more"))
              .failure();
      assertEquals("SnapshotsFull", full.reason());
      VmSnapshot removed = driver.removeSnapshot(handle, "s-7");
      assertEquals(SnapshotCapable.SNAPSHOTS_MAX - 1, driver.snapshots(handle).size());
      assertTrue(!driver.snapshots(handle).contains(removed), "it is gone");
      assertEquals("s-3", driver.revertSnapshot(handle, "s-3").getName());
      assertInstanceOf(RunState.Running.class, driver.inspect(handle).state());
      driver.remove(handle);
      assertEquals(new Listing.Complete(List.of()), driver.recover());
    }
  }
}
