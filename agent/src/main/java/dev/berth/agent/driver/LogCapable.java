package dev.berth.agent.driver;

/// A driver that keeps what programs write. Published as the capability "logs".
public interface LogCapable {
  /// Opens the output of one instance. With [LogQuery#follow] it goes on until the program ends.
  LogReader openLogs(RuntimeHandle handle, LogQuery query) throws DriverException;
}
