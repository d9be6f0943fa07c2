package dev.berth.agent.instance;

/// Is told what becomes of an instance. Callbacks come from the instance's own thread, return at
/// once and never throw.
public interface InstanceListener {
  /// Something about the instance changed.
  void changed(InstanceSnapshot snapshot);

  /// Nothing is left of the instance; nothing more is told of it.
  void vanished(String instanceId);
}
