package dev.berth.cli.up;

import java.util.List;

/// Which libvirt the agent uses for virtual machines.
sealed interface LibvirtChoice {
  /// The machine's own.
  ///
  /// @param uri of it
  record Usual(String uri) implements LibvirtChoice {}

  /// One of the cluster's own.
  record Own() implements LibvirtChoice {}

  /// None: there will be no virtual machines.
  ///
  /// @param reason for the user; empty when it is as wished
  record None(String reason) implements LibvirtChoice {}

  /// Chooses from what is there.
  ///
  /// @param wanted whether virtual machines are wanted
  /// @param usualTrouble why the machine's own libvirt cannot be used; empty when it answers
  /// @param missing programs that one of our own needs
  /// @param root whether we are
  /// @param bootstrap the command that installs what is missing
  static LibvirtChoice of(
      boolean wanted, String usualTrouble, List<String> missing, boolean root, String bootstrap) {
    if (!wanted) {
      return new None("");
    }
    if (usualTrouble.isEmpty()) {
      return new Usual(LibvirtDaemon.USUAL_URI);
    }
    if (!missing.isEmpty()) {
      return new None(
          "there is no " + String.join(", no ", missing) + "; " + bootstrap + " installs it");
    }
    if (!root) {
      return new None(
          "no libvirt answers at "
              + LibvirtDaemon.USUAL_SOCKET
              + " ("
              + usualTrouble
              + "), and only root can start one: run sudo systemctl start libvirtd (and be in the"
              + " group libvirt), or berth up as root");
    }
    return new Own();
  }
}
