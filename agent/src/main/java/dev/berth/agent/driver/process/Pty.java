package dev.berth.agent.driver.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.berth.v1.TerminalSize;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// The master side of a pseudo-terminal. The JDK has none, so the C library is called.
///
/// It is read by a platform thread, since a native call that waits holds the thread that it runs
/// on.
@SuppressWarnings("restricted") // all calls are to functions of the C library as it declares them
final class Pty implements AutoCloseable {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN = of("posix_openpt", JAVA_INT, JAVA_INT);
  private static final MethodHandle GRANT = of("grantpt", JAVA_INT, JAVA_INT);
  private static final MethodHandle UNLOCK = of("unlockpt", JAVA_INT, JAVA_INT);
  private static final MethodHandle NAME = of("ptsname_r", JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle POLL = of("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle READ = of("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE = of("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle CLOSE = of("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle IOCTL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("ioctl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));

  // Linux's numbers, the same on all machines that the JDK runs on.
  private static final int READ_WRITE = 2;
  private static final int NO_CONTROL = 0x100;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int NON_BLOCKING = 0x800;
  private static final short READABLE = 1;
  private static final short WRITABLE = 4;
  private static final short BROKEN = 8 | 16 | 32; // error, hang-up, not open
  private static final int WAIT_MILLIS = 200;
  private static final long ROOM_LOOK_MILLIS = 2;
  private static final long SET_SIZE = 0x5414;
  private static final int NAME_MAX = 64;

  private final int master;
  private final Path slave;
  // Readers and writers use the descriptor, whoever closes it is alone: its number may be another
  // file's right afterwards.
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
  private boolean closed;

  private Pty(int master, Path slave) {
    this.master = master;
    this.slave = slave;
  }

  private static MethodHandle of(
      String name,
      java.lang.foreign.MemoryLayout result,
      java.lang.foreign.MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  /// A new one.
  ///
  /// @throws IOException when the host gives none
  static Pty open() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int master = (int) OPEN.invokeExact(READ_WRITE | NO_CONTROL | CLOSE_ON_EXEC | NON_BLOCKING);
      if (master < 0) {
        throw new IOException("the host gives no terminal; see /proc/sys/kernel/pty");
      }
      MemorySegment name = arena.allocate(NAME_MAX);
      boolean good =
          (int) GRANT.invokeExact(master) == 0
              && (int) UNLOCK.invokeExact(master) == 0
              && (int) NAME.invokeExact(master, name, (long) NAME_MAX) == 0;
      if (!good) {
        int _ = (int) CLOSE.invokeExact(master);
        throw new IOException("the host gives no terminal; is /dev/pts mounted?");
      }
      return new Pty(master, Path.of(name.getString(0)));
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C library throws nothing", e);
  }

  /// The side for programs.
  Path slave() {
    return slave;
  }

  /// Gives the terminal another size.
  void resize(TerminalSize size) {
    use.readLock().lock();
    try (Arena arena = Arena.ofConfined()) {
      if (closed) {
        return;
      }
      MemorySegment window = arena.allocate(JAVA_SHORT, 4);
      window.setAtIndex(JAVA_SHORT, 0, (short) size.getRows());
      window.setAtIndex(JAVA_SHORT, 1, (short) size.getColumns());
      int _ = (int) IOCTL.invokeExact(master, SET_SIZE, window);
    } catch (Throwable e) {
      throw unexpected(e);
    } finally {
      use.readLock().unlock();
    }
  }

  /// Reads what there is, or waits a while for it.
  ///
  /// @return bytes read; 0: nothing came; below 0: no program has the other side any more, or this
  ///     one is closed
  int read(byte[] bytes) {
    use.readLock().lock();
    try (Arena arena = Arena.ofConfined()) {
      if (closed) {
        return -1;
      }
      short events = poll(arena, READABLE, WAIT_MILLIS);
      if ((events & READABLE) == 0) {
        return (events & BROKEN) == 0 ? 0 : -1;
      }
      MemorySegment buffer = arena.allocate(bytes.length);
      long got = (long) READ.invokeExact(master, buffer, (long) bytes.length);
      if (got > 0) {
        MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, 0, (int) got);
      }
      return got > 0 ? (int) got : -1;
    } catch (Throwable e) {
      throw unexpected(e);
    } finally {
      use.readLock().unlock();
    }
  }

  private short poll(Arena arena, short events, int millis) throws Throwable {
    MemorySegment asked = arena.allocate(JAVA_INT, 2);
    asked.setAtIndex(JAVA_INT, 0, master);
    asked.setAtIndex(JAVA_SHORT, 2, events);
    int found = (int) POLL.invokeExact(asked, 1L, millis);
    return found > 0 ? asked.getAtIndex(JAVA_SHORT, 3) : 0;
  }

  /// Writes all of it; waits while the terminal takes none, and gives up when no program has the
  /// other side any more, or this one is closed.
  void write(byte[] bytes) throws InterruptedException {
    int sent = 0;
    while (sent < bytes.length) {
      int more = writeSome(bytes, sent);
      if (more < 0) {
        return;
      }
      sent += more;
      if (more == 0) {
        Thread.sleep(ROOM_LOOK_MILLIS);
      }
    }
  }

  private int writeSome(byte[] bytes, int from) {
    use.readLock().lock();
    try (Arena arena = Arena.ofConfined()) {
      short events = closed ? BROKEN : poll(arena, WRITABLE, 0);
      if ((events & WRITABLE) == 0) {
        return (events & BROKEN) == 0 ? 0 : -1;
      }
      MemorySegment buffer = arena.allocate(bytes.length - from);
      MemorySegment.copy(bytes, from, buffer, JAVA_BYTE, 0, bytes.length - from);
      return (int) Math.max(0, (long) WRITE.invokeExact(master, buffer, buffer.byteSize()));
    } catch (Throwable e) {
      throw unexpected(e);
    } finally {
      use.readLock().unlock();
    }
  }

  /// Waits until nobody reads or writes, [#WAIT_MILLIS] at most. Programs that have the other side
  /// as their terminal get SIGHUP.
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        int _ = (int) CLOSE.invokeExact(master);
      }
    } catch (Throwable e) {
      throw unexpected(e);
    } finally {
      use.writeLock().unlock();
    }
  }
}
