package dev.berth.simulation.kernel;

import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;

/// Makes virtual threads whose scheduler is ours: each piece of such a thread, from one wait to the
/// next, is a task of the given executor. So code that blocks runs on the simulation's one thread,
/// in the order of its queue.
///
/// The JDK has the constructor and keeps it to itself, hence the reflection and
/// `--add-opens java.base/java.lang=ALL-UNNAMED`. Timed waits of the JDK still use real time: what
/// runs here must wait through ports.
public final class VirtualThreads {
  private static final Constructor<?> BUILDER = constructor();

  private VirtualThreads() {}

  /// A builder of threads that run on an executor.
  public static Thread.Builder.OfVirtual on(Executor executor) {
    try {
      return (Thread.Builder.OfVirtual) BUILDER.newInstance(executor);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("virtual threads on an executor cannot be made", e);
    }
  }

  private static Constructor<?> constructor() {
    try {
      Constructor<?> constructor =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
              .getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
      return constructor;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          "this JDK does not let virtual threads run on an executor of ours (expected: Java 25 with"
              + " --add-opens java.base/java.lang=ALL-UNNAMED)",
          e);
    }
  }
}
