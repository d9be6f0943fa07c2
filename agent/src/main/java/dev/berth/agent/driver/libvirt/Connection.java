package dev.berth.agent.driver.libvirt;

import java.net.URI;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;

/// A connection whose pointer can be seen.
final class Connection extends Connect {
  private static final int KEEP_ALIVE_SECONDS = 3;
  private static final int KEEP_ALIVE_COUNT = 3;

  Connection(URI uri) throws LibvirtException {
    super(uri);
  }

  /// One that is seen to be dead when nobody answers.
  static Connection open(URI uri) throws HypervisorException {
    try {
      Connection made = new Connection(uri);
      // Drivers in this process, as the one for tests, have nothing to be kept alive.
      if (!uri.getScheme().equals("test")) {
        made.setKeepAlive(KEEP_ALIVE_SECONDS, KEEP_ALIVE_COUNT);
      }
      return made;
    } catch (LibvirtException e) {
      throw new HypervisorException(
          HypervisorException.Kind.AWAY,
          uri + " cannot be reached: " + e.getMessage() + "; is libvirtd running?",
          e);
    }
  }

  ConnectionPointer pointer() {
    return vcp;
  }

  boolean lives() {
    try {
      return isAlive();
    } catch (LibvirtException _) {
      return false;
    }
  }
}
