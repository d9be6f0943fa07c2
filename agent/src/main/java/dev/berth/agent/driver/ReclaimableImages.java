package dev.berth.agent.driver;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Images of a runtime that can give back the room that they take up.
public interface ReclaimableImages {
  /// An image that is there.
  ///
  /// @param id the runtime's
  /// @param names tags that mean it, or digests where it has no tag; may be empty
  /// @param bytes what its layers take up, those that it shares included
  /// @param since when it came here or got its last name, as far as the runtime knows; else when it
  ///     was built
  /// @param use what the node knows of its use
  record Held(String id, List<String> names, long bytes, Instant since, Use use) {
    public Held {
      names = List.copyOf(names);
    }

    /// What it is called, for people.
    public String name() {
      return names.isEmpty() ? id : names.getFirst();
    }
  }

  /// What a node knows of an image's use.
  enum Use {
    /// A container was made from it, running or not.
    USED,
    /// Nothing uses it, and a registry has it, or nobody ever gave it a name.
    FREE,
    /// Nothing uses it, and it may be nowhere else.
    FREE_AND_ALONE
  }

  /// All images with names, or which nothing is based on.
  ///
  /// @throws DriverException when the runtime cannot be asked
  List<Held> held() throws DriverException;

  /// Ids of the images that references mean here now. What is not here is left out.
  ///
  /// @throws DriverException when the runtime cannot be asked
  Set<String> ids(Collection<String> references) throws DriverException;

  /// Removes an image with all its names, never against the runtime's will.
  ///
  /// @return false when something has come to need it, or it was removed by someone else
  /// @throws DriverException when the runtime cannot be asked
  boolean remove(Held image) throws DriverException;

  /// Where the runtime keeps its data.
  ///
  /// @return empty: not on this host, or nobody knows
  /// @throws DriverException when the runtime cannot be asked
  Optional<Path> directory() throws DriverException;
}
