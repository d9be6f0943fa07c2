package dev.berth.cli.term;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/// A signal of the operating system that this process has taken for itself.
///
/// The JDK has no other way to signals than a class that the compiler warns of, and a JDK may come
/// without it.
public final class OsSignal implements AutoCloseable {
  private final Object signal;
  private final Object before;

  private OsSignal(Object signal, Object before) {
    this.signal = signal;
    this.before = before;
  }

  /// Does something whenever a signal comes, on a thread of its own, in place of what would happen
  /// else.
  ///
  /// @param name without "SIG": "INT"
  /// @return empty when there is none of this name, or the JVM keeps it to itself, as QUIT
  public static Optional<OsSignal> on(String name, Runnable action) {
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle told =
          MethodHandles.publicLookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object handles =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(told, 0, type()));
      Object signal = type().getConstructor(String.class).newInstance(name);
      return Optional.of(new OsSignal(signal, handle(signal, handles)));
    } catch (ReflectiveOperationException _) {
      return Optional.empty();
    }
  }

  /// What happened before happens again.
  @Override
  public void close() {
    try {
      var _ = handle(signal, before);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a signal that was handled can be handled", e);
    }
  }

  private static Class<?> type() throws ClassNotFoundException {
    return Class.forName("sun.misc.Signal");
  }

  private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
    return type()
        .getMethod("handle", type(), Class.forName("sun.misc.SignalHandler"))
        .invoke(null, signal, handler);
  }
}
