package dev.berth.agent.driver;

import java.util.List;

/// A driver that sees the processes in its instances. Published as the capability "top".
public interface TopCapable {
  /// Processes as a table.
  ///
  /// @param titles of the columns
  /// @param rows as many cells as there are titles in each
  record Table(List<String> titles, List<List<String>> rows) {
    /// Copies the lists.
    public Table {
      titles = List.copyOf(titles);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /// The processes of a running instance, by the numbers that they have on the node.
  ///
  /// @param options for the node's ps; none: as `ps -ef`
  /// @throws DriverException with the reason [PauseCapable#NOT_RUNNING], or when the runtime cannot
  ///     be asked or refuses
  Table top(RuntimeHandle handle, List<String> options) throws DriverException;
}
