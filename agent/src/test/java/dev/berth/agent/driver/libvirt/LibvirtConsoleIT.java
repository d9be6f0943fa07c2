package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.ConsoleCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.RuntimeHandle;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Consoles of real machines under real QEMU.
@Timeout(180)
class LibvirtConsoleIT {
  private static final String THAT_ECHOES = "test/echoes";
  private static final String GREETING = "say something";
  private static @Nullable PrivateLibvirt shared;

  private MachineFixture fixture;
  private LibvirtDriver driver;
  private RuntimeHandle handle;

  @BeforeAll
  static void startLibvirt() throws Exception {
    Optional<String> obstacle = PrivateLibvirt.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "no real libvirtd here: " + obstacle.orElse(""));
    shared = PrivateLibvirt.start();
  }

  @AfterAll
  static void stopLibvirt() throws Exception {
    PrivateLibvirt started = shared;
    shared = null;
    if (started != null) {
      started.close();
    }
  }

  @BeforeEach
  void makeMachine() throws Exception {
    fixture = new MachineFixture(libvirt().uri(), LibvirtHypervisor::new);
    fixture.add(THAT_ECHOES, BootSector.thatEchoes(GREETING));
    driver = fixture.driver();
    handle = driver.prepare(fixture.instance(THAT_ECHOES), _ -> {}).handle();
  }

  @AfterEach
  void removeMachine() throws IOException {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static PrivateLibvirt libvirt() {
    PrivateLibvirt started = shared;
    if (started == null) {
      throw new IllegalStateException("libvirtd was not started");
    }
    return started;
  }

  @Test
  void carriesWhatIsTypedAndWhatIsWritten() throws Exception {
    try (Console console = greeted()) {
      console.write(ByteString.copyFromUtf8("ping"));
      awaitText(console, "ping");
      console.write(ByteString.copyFromUtf8("pong\u001b[A\u0003"));
      awaitText(console, "pong\u001b[A\u0003");
    }
  }

  @Test
  void refusesASecondOneUnlessItIsForced() throws Exception {
    try (Console first = greeted()) {
      assertEquals("ConsoleBusy", refused(false).reason());
      try (Console second = driver.openConsole(handle, true)) {
        DriverException taken = assertThrows(DriverException.class, () -> readToTheEnd(first));
        assertEquals(ConsoleCapable.TAKEN, taken.failure().reason());
        second.write(ByteString.copyFromUtf8("ping"));
        awaitText(second, "ping");
      }
    }
  }

  @Test
  void isFreeAgainAfterItWasClosed() throws Exception {
    Console first = greeted();
    first.close();
    first.close();
    assertEquals(Optional.empty(), first.read());
    first.write(ByteString.copyFromUtf8("nobody hears this"));
    try (Console second = driver.openConsole(handle, false)) {
      second.write(ByteString.copyFromUtf8("ping"));
      awaitText(second, "ping");
    }
  }

  @Test
  void closingEndsAReadThatWaits() throws Exception {
    Console console = greeted();
    Thread closing = Thread.ofVirtual().start(console::close);
    readToTheEnd(console);
    closing.join();
  }

  @Test
  void endsWhenTheMachineDoes() throws Exception {
    try (Console console = greeted()) {
      console.write(ByteString.copyFromUtf8("q"));
      readToTheEnd(console);
    }
    driver.start(handle);
    try (Console console = driver.openConsole(handle, false)) {
      driver.stop(handle, Duration.ZERO);
      readToTheEnd(console);
    }
  }

  @Test
  void aMachineThatDoesNotRunHasNone() {
    Failure refusal = refused(false);
    assertInstanceOf(Failure.Permanent.class, refusal);
    assertEquals("NotRunning", refusal.reason());
  }

  @Test
  void breaksWithLibvirtdAndTheMachineGoesOn() throws Exception {
    try (Console console = greeted()) {
      libvirt().stopDaemon();
      DriverException broken = assertThrows(DriverException.class, () -> readToTheEnd(console));
      assertInstanceOf(Failure.Retryable.class, broken.failure());
    } finally {
      libvirt().startDaemon();
    }
    LibvirtDriver restarted = (LibvirtDriver) fixture.again();
    try (Console again = restarted.openConsole(handle, false)) {
      again.write(ByteString.copyFromUtf8("ping"));
      awaitText(again, "ping");
    }
  }

  @Test
  void aMachineThatTakesNoInputHoldsUpItsOwnConsoleAlone() throws Exception {
    RuntimeHandle deaf = driver.prepare(fixture.thatRuns(), _ -> {}).handle();
    driver.start(deaf);
    try (Console held = driver.openConsole(deaf, false);
        Console free = greeted()) {
      DriverException full = assertThrows(DriverException.class, () -> writeForEver(held));
      assertEquals("InputNotTaken", full.failure().reason());
      free.write(ByteString.copyFromUtf8("ping"));
      awaitText(free, "ping");
    }
    driver.remove(deaf);
  }

  private Console greeted() throws DriverException {
    driver.start(handle);
    Console console = driver.openConsole(handle, false);
    awaitText(console, GREETING);
    return console;
  }

  private Failure refused(boolean force) {
    return assertThrows(DriverException.class, () -> driver.openConsole(handle, force)).failure();
  }

  private static void awaitText(Console console, String wanted) throws DriverException {
    StringBuilder heard = new StringBuilder();
    while (!heard.toString().contains(wanted)) {
      Optional<ByteString> next = console.read();
      assertTrue(next.isPresent(), () -> "ended after: " + heard);
      heard.append(next.get().toStringUtf8());
    }
  }

  private static void readToTheEnd(Console console) throws DriverException {
    Optional<ByteString> next = console.read();
    while (next.isPresent()) {
      next = console.read();
    }
  }

  private static void writeForEver(Console console) throws DriverException {
    ByteString piece = ByteString.copyFrom(new byte[Console.PIECE_MAX]);
    while (!Thread.currentThread().isInterrupted()) {
      console.write(piece);
    }
  }
}
