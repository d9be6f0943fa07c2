package dev.berth.agent.driver.libvirt;

import dev.berth.agent.boot.ConsoleFollower;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.port.AgentClock;
import dev.berth.spec.HostDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where a driver keeps what, and by what it tells the time.
///
/// @param root of the machines' files
/// @param images what machines start from
/// @param consoles follows what machines write
/// @param clock of the host
/// @param xenConsoles where xenconsoled keeps what Xen's guests write; empty: it keeps nothing
/// @param hostDevices what machines may have of the host's devices
public record LibvirtPlace(
    Path root,
    ImageStore images,
    ConsoleFollower consoles,
    AgentClock clock,
    Optional<Path> xenConsoles,
    List<HostDevice> hostDevices) {
  /// Makes the directory where it is missing. The hypervisor may run as a user of its own: it may
  /// pass through, and sees only what it is given.
  public static LibvirtPlace open(
      Path root, ImageStore images, ConsoleFollower consoles, AgentClock clock) throws IOException {
    Files.createDirectories(root);
    MachineFiles.passable(root);
    return new LibvirtPlace(root, images, consoles, clock, Optional.empty(), List.of());
  }

  /// The same on a host where xenconsoled keeps what guests write, in a file for each guest.
  public LibvirtPlace withXenConsoles(Optional<Path> directory) {
    return new LibvirtPlace(root, images, consoles, clock, directory, hostDevices);
  }

  /// The same on a host whose operator allows machines these devices.
  public LibvirtPlace withHostDevices(List<HostDevice> allowed) {
    return new LibvirtPlace(root, images, consoles, clock, xenConsoles, allowed);
  }

  /// Whether it is kept what machines write to their consoles.
  boolean keepsConsoles(Flavour flavour) {
    return flavour != Flavour.XEN || xenConsoles.isPresent();
  }
}
