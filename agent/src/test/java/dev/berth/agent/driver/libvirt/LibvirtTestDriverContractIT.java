package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/// What every driver does, shown by the libvirt driver with libvirt's own driver for tests: no
/// daemon, no machine, all of libvirt's answers and events.
@Timeout(180)
class LibvirtTestDriverContractIT implements RuntimeDriverContractTest {
  @BeforeAll
  static void needsTheLibrary() {
    assumeTrue(
        List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64").stream()
            .anyMatch(place -> Files.exists(Path.of(place, "libvirt.so.0"))),
        "libvirt's client library is not installed (Debian's package libvirt0)");
  }

  @Override
  public Fixture fixture() throws IOException {
    return new MachineFixture(URI.create("test:///default"), Ending::new);
  }

  /// Nothing runs in this driver's machines, so nothing ends them: those that are to end by
  /// themselves are shut down as soon as they run.
  private static final class Ending implements Hypervisor {
    private final Hypervisor real;

    Ending(URI uri) {
      real = new LibvirtHypervisor(uri);
    }

    @Override
    public void start(UUID machine) throws HypervisorException {
      real.start(machine);
      Optional<MachineView> view = real.look(machine);
      if (view.isPresent() && MachineFixture.ends(view.get().labels())) {
        boolean _ = real.shutDown(machine, Shutdown.ACPI);
      }
    }

    @Override
    public HypervisorFacts facts() throws HypervisorException {
      return real.facts();
    }

    @Override
    public void define(String xml) throws HypervisorException {
      real.define(xml);
    }

    @Override
    public Optional<MachineView> look(UUID machine) throws HypervisorException {
      return real.look(machine);
    }

    @Override
    public Optional<String> askGuest(UUID machine, String question) throws HypervisorException {
      return real.askGuest(machine, question);
    }

    @Override
    public List<MachineBridge> bridges() throws HypervisorException {
      return real.bridges();
    }

    @Override
    public List<MachineView> list() throws HypervisorException {
      return real.list();
    }

    @Override
    public boolean shutDown(UUID machine, Shutdown way) throws HypervisorException {
      return real.shutDown(machine, way);
    }

    @Override
    public boolean resize(UUID machine, long vcpus, long memoryBytes) throws HypervisorException {
      return real.resize(machine, vcpus, memoryBytes);
    }

    @Override
    public void pause(UUID machine) throws HypervisorException {
      real.pause(machine);
    }

    @Override
    public void unpause(UUID machine) throws HypervisorException {
      real.unpause(machine);
    }

    @Override
    public void powerOff(UUID machine) throws HypervisorException {
      real.powerOff(machine);
    }

    @Override
    public void undefine(UUID machine) throws HypervisorException {
      real.undefine(machine);
    }

    @Override
    public Optional<MachineUsage> usage(UUID machine) throws HypervisorException {
      return real.usage(machine);
    }

    @Override
    public Console console(UUID machine, boolean force) throws HypervisorException {
      return real.console(machine, force);
    }

    @Override
    public HypervisorSnapshots snapshots() {
      return real.snapshots();
    }

    @Override
    public void follow(Listener listener) {
      real.follow(listener);
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
