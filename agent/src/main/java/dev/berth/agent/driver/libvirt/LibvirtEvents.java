package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.libvirt.LibvirtHypervisor.Connection;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;
import org.libvirt.event.LifecycleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the life of machines over a connection, and over the next one when it broke.
final class LibvirtEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LibvirtEvents.class);
  private static final long PULSE_MILLIS = 1_000;
  private static final long WAIT_MIN_MILLIS = 100;
  private static final long WAIT_MAX_MILLIS = 2_000;

  /// Opens a connection, or gives the present one.
  interface Opening {
    Connection open() throws HypervisorException;
  }

  /// Loads what connections need.
  interface Loading {
    LibvirtExtras load() throws HypervisorException;
  }

  private final Opening opening;
  private final Consumer<Connection> broken;
  // Told by native code on libvirt's own thread, which must not wait for anyone.
  private final BlockingQueue<UUID> told = new LinkedBlockingQueue<>();
  private volatile boolean closed;
  private @Nullable Thread thread;

  LibvirtEvents(Opening opening, Consumer<Connection> broken) {
    this.opening = opening;
    this.broken = broken;
  }

  void start(Hypervisor.Listener listener, Loading loading) {
    // A platform thread: opening a connection is native code, which would hold a carrier.
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("libvirt-follower")
            .start(
                () -> {
                  try {
                    run(listener, loading);
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  private void run(Hypervisor.Listener listener, Loading loading) throws InterruptedException {
    long wait = WAIT_MIN_MILLIS;
    boolean flowing = true; // so that a hypervisor that is away from the start is told
    while (!closed) {
      String why;
      try {
        loading.load();
        Connection connection = opening.open();
        register(connection);
        told.clear();
        flowing = true;
        wait = WAIT_MIN_MILLIS;
        listener.resumed();
        pass(connection, listener);
        broken.accept(connection);
        why = "the connection broke";
      } catch (HypervisorException | LibvirtException e) {
        why = String.valueOf(e.getMessage());
      }
      if (closed) {
        return;
      }
      if (flowing) {
        LOG.info("libvirt's events broke off, connecting again: {}", why);
        flowing = false;
        listener.interrupted(why);
      }
      Thread.sleep(ThreadLocalRandom.current().nextLong(wait / 2, wait + 1));
      wait = Math.min(WAIT_MAX_MILLIS, 2 * wait);
    }
  }

  private void register(Connection connection) throws LibvirtException {
    LifecycleListener listener =
        (domain, _) -> {
          try {
            told.add(UUID.fromString(domain.getUUIDString()));
          } catch (LibvirtException e) {
            LOG.debug("an event of a machine without UUID: {}", e.getMessage());
          }
          return 0;
        };
    connection.addLifecycleListener(listener);
  }

  private void pass(Connection connection, Hypervisor.Listener listener)
      throws InterruptedException {
    while (!closed && connection.lives()) {
      UUID machine = told.poll(PULSE_MILLIS, TimeUnit.MILLISECONDS);
      if (machine != null) {
        listener.changed(machine);
      }
    }
  }
}
