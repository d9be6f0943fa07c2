package dev.berth.agent.driver.libvirt;

import com.sun.jna.Pointer;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.v1.VmSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.libvirt.Domain;
import org.libvirt.DomainSnapshot;
import org.libvirt.LibvirtException;

/// Snapshots that libvirt keeps. Each call has a connection of its own: libvirtd serves few calls
/// of a connection at a time, and these take long.
final class LibvirtSnapshots implements HypervisorSnapshots {
  private static final Duration LOOK_LIMIT = RuntimeDriver.CALL_LIMIT;
  private static final Duration WORK_LIMIT = Duration.ofMinutes(10);

  // What runs is to run afterwards, also when libvirt has to start its process anew for that.
  private static final int REVERT_RUNNING = 1 | 4;
  private static final int REVERT_PAUSED = 2 | 4;
  private static final int REVERT_OFF = 0;

  private final URI uri;
  private final NativeCalls calls = new NativeCalls();

  /// @param uri libvirt's: "qemu:///system"
  LibvirtSnapshots(URI uri) {
    this.uri = uri;
  }

  private interface Call<T> {
    T on(Connection connection, LibvirtExtras extras) throws LibvirtException, HypervisorException;
  }

  private interface Use<T> {
    T of(Domain domain) throws LibvirtException, HypervisorException;
  }

  private <T> T call(String what, Duration limit, Call<T> call) throws HypervisorException {
    LibvirtExtras extras = LibvirtLibrary.load(uri.toString());
    return calls.run(
        what,
        limit,
        () -> {
          Connection connection = Connection.open(uri);
          try {
            return call.on(connection, extras);
          } catch (LibvirtException e) {
            throw Refusals.of(
                what,
                LibvirtHypervisor.code(e),
                String.valueOf(e.getMessage()),
                connection.lives(),
                e);
          } finally {
            int _ = connection.close();
          }
        });
  }

  private <T> T with(String what, Duration limit, UUID machine, Use<T> use)
      throws HypervisorException {
    return call(
        what,
        limit,
        (connection, _) -> {
          Domain domain = connection.domainLookupByUUIDString(machine.toString());
          try {
            return use.of(domain);
          } finally {
            int _ = domain.free();
          }
        });
  }

  @Override
  public SnapshotGround ground(UUID machine) throws HypervisorException {
    return with("look", LOOK_LIMIT, machine, domain -> SnapshotGround.of(domain.getXMLDesc(0)));
  }

  @Override
  public List<VmSnapshot> list(UUID machine) throws HypervisorException {
    return with(
        "list snapshots",
        LOOK_LIMIT,
        machine,
        domain -> {
          List<VmSnapshot> found = new ArrayList<>();
          for (String name : domain.snapshotListNames()) {
            DomainSnapshot snapshot = domain.snapshotLookupByName(name);
            try {
              found.add(SnapshotXml.read(snapshot.getXMLDesc()));
            } finally {
              int _ = snapshot.free();
            }
          }
          found.sort(
              Comparator.comparingLong((VmSnapshot each) -> each.getCreateTime().getSeconds())
                  .thenComparing(VmSnapshot::getName));
          return List.copyOf(found);
        });
  }

  @Override
  public void create(UUID machine, String name) throws HypervisorException {
    with(
        "take a snapshot",
        WORK_LIMIT,
        machine,
        domain -> domain.snapshotCreateXML(SnapshotXml.of(name)).free());
  }

  @Override
  public void delete(UUID machine, String name) throws HypervisorException {
    with(
        "remove a snapshot",
        WORK_LIMIT,
        machine,
        domain -> {
          DomainSnapshot snapshot = domain.snapshotLookupByName(name);
          try {
            return snapshot.delete(0);
          } finally {
            int _ = snapshot.free();
          }
        });
  }

  @Override
  public void revertActive(UUID machine, String name, boolean paused) throws HypervisorException {
    revert(machine, name, paused ? REVERT_PAUSED : REVERT_RUNNING);
  }

  @Override
  public void revertOff(UUID machine, String name) throws HypervisorException {
    revert(machine, name, REVERT_OFF);
  }

  private void revert(UUID machine, String name, int flags) throws HypervisorException {
    String what = "revert to a snapshot";
    call(
        what,
        WORK_LIMIT,
        (connection, extras) -> {
          Pointer domain =
              extras.virDomainLookupByUUIDString(connection.pointer(), machine.toString());
          Pointer snapshot =
              domain == null ? null : extras.virDomainSnapshotLookupByName(domain, name, 0);
          boolean done = snapshot != null && extras.virDomainRevertToSnapshot(snapshot, flags) == 0;
          // Read before anything else is called: the next call forgets it.
          int code = done ? 0 : extras.virGetLastErrorCode();
          String message = done ? "" : extras.virGetLastErrorMessage();
          if (snapshot != null) {
            extras.virDomainSnapshotFree(snapshot);
          }
          if (domain != null) {
            extras.virDomainFree(domain);
          }
          if (!done) {
            throw Refusals.of(what, code, message, connection.lives(), null);
          }
          return true;
        });
  }

  @Override
  public void close() {
    calls.close();
  }
}
