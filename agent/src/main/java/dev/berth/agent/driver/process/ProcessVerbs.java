package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.TopCapable;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/// What users ask of an instance that is there, besides starting and ending it.
///
/// @param ground of the node
/// @param maker knows whom programs run as
record ProcessVerbs(ProcessGround ground, ProcessMaker maker) {
  /// Sends a signal to the program.
  void signal(InstanceFiles files, RunNote run, int signal) throws DriverException {
    try {
      ProcessSpec spec = files.instance().getSpec().getProcess();
      Optional<ProcessTree> namespaced =
          spec.getIsolation() == ProcessIsolation.PROCESS_ISOLATION_NAMESPACES
                  || LaunchScript.isRooted(spec)
              ? Optional.of(ground.tree(files.id()))
              : Optional.empty();
      new MainProcess(ground.host(), ground.commands()).signal(run, namespaced, signal);
    } catch (IOException e) {
      throw ProcessDriver.failed("KillFailed", e);
    }
  }

  TopCapable.Table top(InstanceFiles files, List<String> options) throws DriverException {
    try {
      return new TreeTable(ground.host().proc(), ground.commands())
          .of(ground.tree(files.id()), options);
    } catch (IOException e) {
      throw ProcessDriver.failed("TopFailed", e);
    }
  }

  /// A port of any of them: on this host, whose network they have.
  InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /// Its files, as its program sees them.
  ProgramFiles filesOf(InstanceFiles files) throws DriverException {
    try {
      ProcessSpec spec = files.instance().getSpec().getProcess();
      if (LaunchScript.isRooted(spec)) {
        throw DriverException.permanent(
            "CopyRefused",
            "its files are in a root of its own, which only its own programs see: use tar there,"
                + " as in 'berth exec NAME tar -c PATH'",
            null);
      }
      return new ProgramFiles(
          files.work().start(spec),
          maker.user(spec, Optional.empty()),
          ground.tools(),
          ground.commands());
    } catch (IOException e) {
      throw ProcessDriver.failed("CopyFailed", e);
    }
  }
}
