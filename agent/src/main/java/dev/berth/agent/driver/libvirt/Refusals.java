package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What libvirt's errors mean, by their numbers (virErrorNumber).
final class Refusals {
  /// The connection is gone, or never was.
  private static final Set<Integer> AWAY = Set.of(5, 6, 38, 39, 88);

  /// What was asked can never be: bad XML, unsupported, invalid argument, denied.
  private static final Set<Integer> REFUSED = Set.of(3, 8, 27, 28, 29, 67, 81, 82, 84, 91);

  /// Something went wrong in libvirt's driver, which does not say more.
  static final int INTERNAL_ERROR = 1;

  /// Of a console: someone is attached to it.
  static final int OPERATION_FAILED = 9;

  /// There is no such machine.
  static final int NO_DOMAIN = 42;

  /// The machine is not in the state that the call needs.
  static final int OPERATION_INVALID = 55;

  /// The machine has no such metadata.
  static final int NO_DOMAIN_METADATA = 80;

  private static final String XEN_CREATION = "libxenlight failed to create new domain";
  private static final String XEN_HINT =
      "; Xen's reason is in /var/log/libvirt/libxl/libxl-driver.log of the host: most often too"
          + " little memory, of the machine for its kernel or of the host for the machine";

  private Refusals() {}

  /// The failure of a call that libvirt answered with an error.
  ///
  /// @param code one of virErrorNumber
  /// @param alive whether the connection still is
  static HypervisorException of(
      String what, int code, String message, boolean alive, @Nullable Throwable cause) {
    HypervisorException.Kind kind =
        !alive || AWAY.contains(code)
            ? HypervisorException.Kind.AWAY
            : REFUSED.contains(code)
                ? HypervisorException.Kind.REFUSED
                : HypervisorException.Kind.FAILED;
    String hint = message.contains(XEN_CREATION) ? XEN_HINT : "";
    return new HypervisorException(kind, what + ": libvirt: " + message + hint, cause);
  }

  /// The failure as drivers tell it.
  ///
  /// @param reason one CamelCase word for a refusal or failure: "CreateFailed"
  static DriverException driver(String reason, HypervisorException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case AWAY -> DriverException.retryable("RuntimeUnavailable", message, e);
      case REFUSED, TAKEN -> DriverException.permanent(reason, message, e);
      case FAILED -> DriverException.retryable(reason, message, e);
    };
  }
}
