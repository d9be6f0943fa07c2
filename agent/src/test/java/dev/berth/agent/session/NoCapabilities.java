package dev.berth.agent.session;

/// A node without instances.
final class NoCapabilities implements CapabilityAccess {
  @Override
  public <C> Subject<C> subject(String instanceId, Class<C> capability, String missing)
      throws LogAccess.UnknownInstanceException {
    throw new LogAccess.UnknownInstanceException("there is none");
  }
}
