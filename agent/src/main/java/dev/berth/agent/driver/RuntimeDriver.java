package dev.berth.agent.driver;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.Kind;
import java.time.Duration;

/// Drives one runtime of a host for one node of one cluster.
///
/// All calls block, may come from several threads at once, and have a time limit of their own: a
/// runtime that hangs costs its caller a [DriverException], never more. After a failure whose
/// outcome is unknown (a time limit, a cut connection) every call can be repeated: each is
/// idempotent, because the runtime's objects carry the instance's id.
///
/// A driver touches only objects that it made for its own cluster and node.
public interface RuntimeDriver extends AutoCloseable {
  /// Longest wait for any answer of a runtime, besides pulls and the grace of a stop.
  Duration CALL_LIMIT = Duration.ofSeconds(10);

  /// The driver's name: "docker".
  String name();

  /// What it runs.
  Kind kind();

  /// What the runtime is and whether it can be used now; within 5 s. Never throws: a runtime that
  /// cannot be reached is described as not available, with the reason.
  DriverReport describe();

  /// Makes all that is needed to start the instance, and does not start it. An instance that is
  /// there already (running, ended, or never started) is answered as it is and not made again.
  ///
  /// Reports through `listener` while an image is fetched. Can be interrupted, which fails it with
  /// the reason "Interrupted".
  ///
  /// @return the instance as it is now; [RunState.Created] when it is new
  Observation prepare(AssignedInstance instance, PrepareListener listener) throws DriverException;

  /// Starts a prepared or ended instance. One that runs is answered as it is.
  ///
  /// @return [RunState.Running], or already [RunState.Exited] for a program that ended at once
  Observation start(RuntimeHandle handle) throws DriverException;

  /// Asks the program to end and kills it after the grace; answers when it has ended. An instance
  /// that has ended, or is gone, is answered as it is. Can be interrupted; the stop that was begun
  /// may still happen.
  ///
  /// @param grace 0: kills at once
  Observation stop(RuntimeHandle handle, Duration grace) throws DriverException;

  /// Removes the instance with all that was made for it, killing it if it runs; named volumes stay.
  /// Succeeds when there is none.
  void remove(RuntimeHandle handle) throws DriverException;

  /// What is true of one instance; [RunState.Gone] when the runtime says that there is none.
  Observation inspect(RuntimeHandle handle) throws DriverException;

  /// Lists every object with the labels of this cluster and node, whatever its state. A listing
  /// that failed, was cut, or left anything open is [Listing.Unknown], never a shorter list.
  Listing recover();

  /// Sets the one listener of this driver and begins to follow the runtime; called once. The driver
  /// reconnects by itself, for as long as it is open.
  void follow(RuntimeListener listener);

  /// Lets go of the runtime; what runs goes on running.
  @Override
  void close();
}
