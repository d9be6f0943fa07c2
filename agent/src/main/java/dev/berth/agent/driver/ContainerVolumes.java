package dev.berth.agent.driver;

import dev.berth.v1.Volume;
import dev.berth.v1.VolumePruneRequest;
import dev.berth.v1.VolumeRemoval;
import dev.berth.v1.VolumeSpec;
import java.util.List;

/// Volumes of containers, as one runtime has them. All calls block; each can be interrupted, which
/// fails it with the reason "Interrupted".
public interface ContainerVolumes {
  /// The reason of a failure: there is no such volume.
  String MISSING = "VolumeMissing";

  /// The reason of a failure: a container has it, running or not.
  String IN_USE = "VolumeInUse";

  /// All volumes, by name.
  ///
  /// @throws DriverException when the runtime cannot be asked
  List<Volume> list() throws DriverException;

  /// One volume.
  ///
  /// @throws DriverException with the reason [#MISSING], or when the runtime cannot be asked
  Volume inspect(String name) throws DriverException;

  /// Makes a volume, if it is not there.
  ///
  /// @return the volume, as it is there now
  /// @throws DriverException when the runtime refuses it, or it leads to a path of the node that
  ///     containers may not have
  Volume create(VolumeSpec wanted) throws DriverException;

  /// Removes a volume with all that is in it.
  ///
  /// @return the volume that it was
  /// @throws DriverException with the reasons [#MISSING], [#IN_USE], or when the runtime cannot be
  ///     asked
  Volume remove(String name) throws DriverException;

  /// Removes volumes that no container has, running or not, one by one: what comes into use
  /// meanwhile stays.
  ///
  /// @throws DriverException when the runtime cannot be asked
  VolumeRemoval prune(VolumePruneRequest which) throws DriverException;
}
