package dev.berth.agent.driver.libvirt;

import java.util.Optional;
import java.util.UUID;

/// The way to the guest agents of machines.
interface GuestChannel {
  /// Asks a running machine's guest agent.
  ///
  /// @param question in JSON, as QEMU's guest agent takes it
  /// @return its answer, in JSON; empty when there is no such machine
  /// @throws HypervisorException also when the guest agent refuses, or none answers within seconds
  Optional<String> askGuest(UUID machine, String question) throws HypervisorException;
}
