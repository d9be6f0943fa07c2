package dev.berth.agent.driver;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.Resources;
import java.time.Duration;
import java.util.List;

/// A driver over a [FakeRuntime]. The image says what a program does: "runs", "ends:CODE", or
/// "never", which cannot be prepared.
public final class FakeDriver implements RuntimeDriver, PauseCapable, ResizeCapable {
  static final String NAME = "fake";

  private final FakeRuntime runtime;
  private final Owner owner;

  public FakeDriver(FakeRuntime runtime, Owner owner) {
    this.runtime = runtime;
    this.owner = owner;
  }

  @Override
  public String name() {
    return runtime.driver();
  }

  @Override
  public Kind kind() {
    return Kind.KIND_CONTAINER;
  }

  @Override
  public DriverReport describe() {
    return new DriverReport(
        DriverDescription.newBuilder()
            .setName(name())
            .setKind(kind())
            .setAvailable(true)
            .addCapabilities("pause")
            .addCapabilities("resize")
            .addCapabilities("kill")
            .build(),
        List.of());
  }

  @Override
  public Observation prepare(AssignedInstance instance, PrepareListener listener)
      throws DriverException {
    String image = instance.getSpec().getContainer().getImage();
    if (image.equals("never")) {
      throw DriverException.permanent("ImageMissing", "there is no such image", null);
    }
    int endsWith = image.startsWith("ends:") ? Integer.parseInt(image.substring(5)) : -1;
    return runtime.make(owner, instance, endsWith);
  }

  @Override
  public Observation start(RuntimeHandle handle) throws DriverException {
    return runtime.start(handle);
  }

  @Override
  public Observation stop(RuntimeHandle handle, Duration grace) throws DriverException {
    return runtime.stop(handle);
  }

  @Override
  public Effect resize(RuntimeHandle handle, Resources resources) throws DriverException {
    return runtime.resize(handle, resources);
  }

  @Override
  public void pause(RuntimeHandle handle) throws DriverException {
    runtime.stand(handle, true);
  }

  @Override
  public void unpause(RuntimeHandle handle) throws DriverException {
    runtime.stand(handle, false);
  }

  @Override
  public void remove(RuntimeHandle handle) throws DriverException {
    runtime.remove(handle);
  }

  @Override
  public Observation inspect(RuntimeHandle handle) throws DriverException {
    return runtime.inspect(handle);
  }

  @Override
  public Listing recover() {
    return runtime.list(owner);
  }

  @Override
  public void follow(RuntimeListener listener) {
    runtime.follow(listener);
  }

  @Override
  public void close() {}
}
