package dev.berth.agent.driver.libvirt;

import com.google.protobuf.ByteString;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.ConsoleCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RuntimeDriver;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;
import org.libvirt.jna.SizeT;

/// A stream to a machine's console, over a connection of its own, so that a machine that takes no
/// input blocks nothing else.
///
/// libvirt's event thread takes what the machine writes. A platform thread of the console's own
/// opens it, looks after the connection, and lets go of it: native code may block there.
final class LibvirtConsole implements Console {
  private static final Duration LIMIT = RuntimeDriver.CALL_LIMIT;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
  private static final long PULSE_MILLIS = 1_000;
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final int BACKLOG_BYTES = 256 << 10;
  private static final int KEEP_ALIVE_SECONDS = 3;
  private static final int KEEP_ALIVE_COUNT = 3;
  private static final int NON_BLOCKING = 1;
  private static final int FORCE = 1;
  private static final int OUTPUT_EVENTS = 1 | 4 | 8; // readable, error, hang-up
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final Map<Long, LibvirtConsole> OPEN = new ConcurrentHashMap<>();

  // One for all, and kept: native code may call it as long as the process lives.
  private static final LibvirtExtras.StreamEvents EVENTS =
      (_, _, opaque) -> {
        LibvirtConsole console = OPEN.get(Pointer.nativeValue(opaque));
        if (console != null) {
          console.receive();
        }
      };

  private final LibvirtExtras extras;
  private final URI uri;
  private final UUID machine;
  private final boolean force;
  private final long number = NUMBERS.incrementAndGet();
  private final NativeCalls writes = new NativeCalls();
  private final CompletableFuture<Boolean> opening = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  // Held while what is native is used, but by the event thread, which has the other lock.
  private final ReentrantLock nativeUse = new ReentrantLock();
  private @Nullable Connection connection;
  private @Nullable Pointer stream;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ConsoleBacklog backlog = new ConsoleBacklog(BACKLOG_BYTES);
  private final Memory buffer = new Memory(PIECE_MAX);
  private volatile boolean ended;
  private boolean closed;
  private @Nullable DriverException problem;

  private LibvirtConsole(LibvirtExtras extras, URI uri, UUID machine, boolean force) {
    this.extras = extras;
    this.uri = uri;
    this.machine = machine;
    this.force = force;
  }

  static LibvirtConsole open(URI uri, UUID machine, boolean force) throws HypervisorException {
    LibvirtConsole console =
        new LibvirtConsole(LibvirtLibrary.load(uri.toString()), uri, machine, force);
    var _ =
        Thread.ofPlatform().daemon().name("libvirt-console-" + console.number).start(console::keep);
    console.awaitOpen();
    return console;
  }

  private void awaitOpen() throws HypervisorException {
    try {
      var _ = opening.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return;
    } catch (ExecutionException e) {
      close();
      if (e.getCause() instanceof HypervisorException failure) {
        throw failure;
      }
      throw new HypervisorException(
          HypervisorException.Kind.FAILED, "console: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      close();
      throw away("console: libvirt did not answer within " + LIMIT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw away("console: interrupted", e);
    }
  }

  private static HypervisorException away(String message, @Nullable Exception cause) {
    return new HypervisorException(HypervisorException.Kind.AWAY, message, cause);
  }

  /// The life of the console, on its own thread.
  private void keep() {
    nativeUse.lock();
    try {
      attach();
      opening.complete(true);
    } catch (HypervisorException | LibvirtException | RuntimeException e) {
      opening.completeExceptionally(e);
    } finally {
      nativeUse.unlock();
    }
    try {
      while (!closing.await(PULSE_MILLIS, TimeUnit.MILLISECONDS)) {
        Connection present = connection;
        if (present != null && !present.lives()) {
          end(broken());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    release();
  }

  private void attach() throws HypervisorException, LibvirtException {
    Connection made = new Connection(uri);
    connection = made;
    if (!uri.getScheme().equals("test")) {
      made.setKeepAlive(KEEP_ALIVE_SECONDS, KEEP_ALIVE_COUNT);
    }
    Pointer domain = extras.virDomainLookupByUUIDString(made.pointer(), machine.toString());
    if (domain == null) {
      throw failure(made);
    }
    try {
      Pointer opened = extras.virStreamNew(made.pointer(), NON_BLOCKING);
      if (opened == null) {
        throw failure(made);
      }
      stream = opened;
      if (extras.virDomainOpenConsole(domain, null, opened, force ? FORCE : 0) < 0) {
        if (extras.virGetLastErrorCode() == Refusals.OPERATION_FAILED) {
          throw new HypervisorException(
              HypervisorException.Kind.TAKEN,
              "someone is attached to the console already; --force takes it over",
              null);
        }
        throw failure(made);
      }
      OPEN.put(number, this);
      if (extras.virStreamEventAddCallback(opened, OUTPUT_EVENTS, EVENTS, new Pointer(number), null)
          < 0) {
        throw failure(made);
      }
    } finally {
      extras.virDomainFree(domain);
    }
  }

  private HypervisorException failure(Connection made) {
    // Read before anything else is called: the next call forgets it.
    int code = extras.virGetLastErrorCode();
    String message = extras.virGetLastErrorMessage();
    return Refusals.of("console", code, message, made.lives(), null);
  }

  private static DriverException broken() {
    return DriverException.retryable(
        "RuntimeUnavailable",
        "the connection to libvirt broke; attach again when libvirtd is back",
        null);
  }

  /// Why a stream broke: a machine that ends makes an end of the stream, and never an error.
  private DriverException breach() {
    String said = extras.virGetLastErrorMessage();
    Connection present = connection;
    return present == null || !present.lives()
        ? broken()
        : DriverException.permanent(
            ConsoleCapable.TAKEN,
            "someone else took the console over, or the hypervisor closed it (libvirt: %s)"
                .formatted(said),
            null);
  }

  private void release() {
    OPEN.remove(number);
    // A write that the machine does not take holds it: then the console stays taken until the
    // machine ends or someone else takes it over.
    nativeUse.lock();
    try {
      Pointer open = stream;
      if (open != null) {
        extras.virStreamEventRemoveCallback(open);
        extras.virStreamAbort(open);
        extras.virStreamFree(open);
      }
      Connection made = connection;
      if (made != null) {
        made.close();
      }
    } catch (LibvirtException _) {
      // The daemon lets go of what belongs to a connection that is gone.
    } finally {
      nativeUse.unlock();
      writes.close();
      released.countDown();
    }
  }

  /// Takes what there is; called by libvirt's event thread.
  private void receive() {
    lock.lock();
    try {
      Pointer open = stream;
      if (closed || ended || open == null) {
        return;
      }
      int got = extras.virStreamRecv(open, buffer, new SizeT(PIECE_MAX));
      if (got > 0) {
        backlog.add(buffer.getByteArray(0, got));
        changed.signalAll();
      } else if (got == 0) {
        end(null);
      } else if (got == -1) {
        end(breach());
      }
      if (ended) {
        // It would be told of the end again and again.
        extras.virStreamEventUpdateCallback(open, 0);
      }
    } finally {
      lock.unlock();
    }
  }

  private void end(@Nullable DriverException why) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        problem = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<ByteString> read() throws DriverException {
    lock.lock();
    try {
      while (!closed && !ended && backlog.isEmpty()) {
        changed.await();
      }
      if (closed) {
        return Optional.empty();
      }
      if (!backlog.isEmpty()) {
        // A machine writes byte by byte; a message for each would cost more than all the rest.
        long left = GATHER_NANOS;
        while (left > 0 && !closed && !ended) {
          left = changed.awaitNanos(left);
        }
        return Optional.of(backlog.take(PIECE_MAX));
      }
      if (problem != null) {
        throw problem;
      }
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(ByteString input) throws DriverException {
    if (closing.getCount() == 0) {
      return;
    }
    try {
      writes.run("console input", LIMIT, () -> send(input.toByteArray()));
    } catch (HypervisorException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw DriverException.retryable(
            "InputNotTaken", "the machine has taken no input for " + LIMIT.toSeconds() + " s", e);
      }
      throw Refusals.driver("InputFailed", e);
    }
  }

  private boolean send(byte[] input) throws HypervisorException {
    nativeUse.lock();
    try {
      byte[] rest = input;
      while (rest.length > 0) {
        Pointer open = stream;
        if (closing.getCount() == 0 || ended || open == null) {
          return false;
        }
        int sent = extras.virStreamSend(open, rest, new SizeT(rest.length));
        if (sent <= 0) {
          int code = extras.virGetLastErrorCode();
          throw Refusals.of("console input", code, extras.virGetLastErrorMessage(), true, null);
        }
        rest = Arrays.copyOfRange(rest, sent, rest.length);
      }
      return true;
    } finally {
      nativeUse.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    closing.countDown();
    try {
      boolean _ = released.await(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
