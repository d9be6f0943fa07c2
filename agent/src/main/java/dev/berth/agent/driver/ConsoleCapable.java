package dev.berth.agent.driver;

/// A driver whose instances have a console that a person can type at. Published as the capability
/// "console".
public interface ConsoleCapable {
  /// The reason of the failure that ends a console which someone else took over.
  String TAKEN = "ConsoleTaken";

  /// Attaches to the console of a running instance, to which one at a time is attached.
  ///
  /// @param force takes the console over from whoever is attached, whose [Console#read] then fails
  /// @throws DriverException with the reason "NotRunning"; with "ConsoleBusy" when someone is
  ///     attached and `force` is not set; or when the runtime cannot be asked
  Console openConsole(RuntimeHandle handle, boolean force) throws DriverException;
}
