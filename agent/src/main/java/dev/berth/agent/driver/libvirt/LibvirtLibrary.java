package dev.berth.agent.driver.libvirt;

import com.sun.jna.Native;
import org.libvirt.Connect;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// libvirt's client library in this process: loaded once, with its event loop running, before the
/// first connection is opened. Without the loop there are no events and no sign of a dead daemon.
final class LibvirtLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(LibvirtLibrary.class);

  // Kept: native code calls it for as long as the process lives.
  private static final Libvirt.VirErrorCallback SILENT = (_, _) -> {};

  /// What was loaded, or why nothing was.
  private sealed interface Loading {
    record Loaded(LibvirtExtras extras) implements Loading {}

    record Failed(String why) implements Loading {}
  }

  private static final class Holder {
    static final Loading LOADING = load();
  }

  private LibvirtLibrary() {}

  /// The functions that the binding leaves out.
  ///
  /// @throws HypervisorException when the library cannot be loaded
  static LibvirtExtras load(String wanted) throws HypervisorException {
    return switch (Holder.LOADING) {
      case Loading.Loaded(LibvirtExtras extras) -> extras;
      case Loading.Failed(String why) ->
          throw new HypervisorException(
              HypervisorException.Kind.AWAY,
              "libvirt's client library cannot be loaded, so "
                  + wanted
                  + " cannot be reached: "
                  + why
                  + "; install it (Debian's package libvirt0)",
              null);
    };
  }

  private static Loading load() {
    try {
      LibvirtExtras extras = Native.load("virt", LibvirtExtras.class);
      Library.initEventLoop();
      // It prints every error to standard error unless told otherwise.
      Connect.setErrorCallback(SILENT);
      Thread.ofPlatform().daemon().name("libvirt-events").start(LibvirtLibrary::serveEvents);
      return new Loading.Loaded(extras);
    } catch (LibvirtException | UnsatisfiedLinkError | NoClassDefFoundError e) {
      return new Loading.Failed(String.valueOf(e.getMessage()));
    }
  }

  private static void serveEvents() {
    while (true) {
      try {
        Library.processEvent();
      } catch (LibvirtException e) {
        LOG.warn("libvirt's event loop: {}", e.getMessage());
      }
    }
  }
}
