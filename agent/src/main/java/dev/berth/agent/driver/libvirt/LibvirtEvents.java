package dev.berth.agent.driver.libvirt;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the life of machines over a connection, and over the next one when it broke.
final class LibvirtEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LibvirtEvents.class);
  private static final long PULSE_MILLIS = 1_000;
  private static final long WAIT_MIN_MILLIS = 100;
  private static final long WAIT_MAX_MILLIS = 2_000;
  private static final int LIFE_CYCLE = 0;
  private static final int AGENT_LIFE_CYCLE = 18;
  private static final int AGENT_CONNECTED = 1;
  private static final int UUID_BYTES = 37;
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final Map<Long, LibvirtEvents> FOLLOWING = new ConcurrentHashMap<>();

  // One each for all, and kept: a connection may live on after it was closed, as long as machines
  // that were looked at through it are not freed, and its events would be told to memory that is
  // gone.
  private static final LibvirtExtras.DomainEvents EVENTS =
      (_, domain, _, _, opaque) -> {
        tell(opaque, domain, News.Changed::new);
        return 0;
      };
  private static final LibvirtExtras.DomainEvents AGENT_EVENTS =
      (_, domain, state, _, opaque) -> {
        if (state == AGENT_CONNECTED) {
          tell(opaque, domain, News.AgentConnected::new);
        }
        return 0;
      };

  /// Opens a connection, or gives the present one.
  interface Opening {
    Connection open() throws HypervisorException;
  }

  /// Loads what connections need.
  interface Loading {
    LibvirtExtras load() throws HypervisorException;
  }

  /// What was told, in one queue: it is passed on in its order.
  private sealed interface News {
    record Changed(UUID machine) implements News {}

    record AgentConnected(UUID machine) implements News {}
  }

  private final Opening opening;
  private final Consumer<Connection> broken;
  // Told by native code on libvirt's own thread, which must not wait for anyone.
  private final BlockingQueue<News> told = new LinkedBlockingQueue<>();
  private final long number = NUMBERS.incrementAndGet();
  private volatile @Nullable LibvirtExtras extras;
  private volatile boolean closed;
  private @Nullable Thread thread;

  LibvirtEvents(Opening opening, Consumer<Connection> broken) {
    this.opening = opening;
    this.broken = broken;
  }

  void start(Hypervisor.Listener listener, Loading loading) {
    FOLLOWING.put(number, this);
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
    FOLLOWING.remove(number);
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
        LibvirtExtras loaded = loading.load();
        extras = loaded;
        Connection connection = opening.open();
        register(connection, loaded);
        told.clear();
        flowing = true;
        wait = WAIT_MIN_MILLIS;
        listener.resumed();
        pass(connection, listener);
        broken.accept(connection);
        why = "the connection broke";
      } catch (HypervisorException e) {
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

  private void register(Connection connection, LibvirtExtras extras) throws HypervisorException {
    register(connection, extras, LIFE_CYCLE, EVENTS);
    try {
      register(connection, extras, AGENT_LIFE_CYCLE, AGENT_EVENTS);
    } catch (HypervisorException e) {
      LOG.debug("no events of guest agents: {}", e.getMessage());
    }
  }

  private void register(
      Connection connection, LibvirtExtras extras, int event, LibvirtExtras.DomainEvents callback)
      throws HypervisorException {
    int answer =
        extras.virConnectDomainEventRegisterAny(
            connection.pointer(), null, event, callback, new Pointer(number), null);
    if (answer < 0) {
      // Read before anything else is called: the next call forgets it.
      int code = extras.virGetLastErrorCode();
      String message = extras.virGetLastErrorMessage();
      throw Refusals.of("follow", code, message, connection.lives(), null);
    }
  }

  private static void tell(Pointer opaque, Pointer domain, Function<UUID, News> news) {
    LibvirtEvents follower = FOLLOWING.get(Pointer.nativeValue(opaque));
    LibvirtExtras loaded = follower == null ? null : follower.extras;
    byte[] uuid = new byte[UUID_BYTES];
    if (follower != null && loaded != null && loaded.virDomainGetUUIDString(domain, uuid) == 0) {
      String text = Native.toString(uuid, StandardCharsets.US_ASCII);
      follower.told.add(news.apply(UUID.fromString(text)));
    }
  }

  private void pass(Connection connection, Hypervisor.Listener listener)
      throws InterruptedException {
    while (!closed && connection.lives()) {
      News news = told.poll(PULSE_MILLIS, TimeUnit.MILLISECONDS);
      if (news != null) {
        switch (news) {
          case News.Changed(UUID machine) -> listener.changed(machine);
          case News.AgentConnected(UUID machine) -> listener.agentConnected(machine);
        }
      }
    }
  }
}
