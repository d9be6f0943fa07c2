package dev.berth.agent.driver.libvirt;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.driver.RuntimeDriver;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/// A hypervisor that libvirt reaches. One connection for everything; opened when it is needed, and
/// again after it broke.
final class LibvirtHypervisor implements Hypervisor {
  // A start on a busy machine: QEMU is probed and started, images are opened.
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  // libvirt's driver for Xen holds a machine while it starts or ends, for seconds, and all else
  // that
  // is asked of it waits. It also waits, 60 s at most, until a guest has heard that it is to end.
  private static final Duration XEN_LIMIT = Duration.ofSeconds(60);
  private static final Duration XEN_SHUT_DOWN_LIMIT = Duration.ofSeconds(75);
  private static final int METADATA_ELEMENT = 2;
  private static final int UNDEFINE_SNAPSHOTS = 2; // what is known of them
  private static final int UNDEFINE_EVERYTHING = 1 | 2 | 4 | 16; // saved state, snapshots, NVRAM
  private static final int SHUTDOWN_ACPI = 1;
  private static final int SHUTDOWN_GUEST_AGENT = 2;
  private static final int PAUSED = 3;
  // The hypervisor's own, which end by themselves: to migrate, save, dump, shut down, take a
  // snapshot, start, or migrate again.
  private static final Set<Integer> OWN_PAUSES = Set.of(2, 3, 4, 8, 9, 11, 12);
  private static final int SHUTOFF = 5;
  private static final int GUEST_SECONDS = 5;
  private static final int CRASHED = 6;
  private static final int ENDING_LOOKS = 10;
  private static final long ENDING_LOOK_NANOS = Duration.ofMillis(200).toNanos();

  private final URI uri;
  private final Duration limit;
  private final Duration shutDownLimit;
  private final NativeCalls calls = new NativeCalls();
  private final LibvirtEvents events;
  private @Nullable Connection open;

  /// Opens nothing yet.
  ///
  /// @param uri libvirt's: "qemu:///system"
  LibvirtHypervisor(URI uri) {
    this.uri = uri;
    boolean xen = uri.getScheme().startsWith("xen");
    this.limit = xen ? XEN_LIMIT : RuntimeDriver.CALL_LIMIT;
    this.shutDownLimit = xen ? XEN_SHUT_DOWN_LIMIT : RuntimeDriver.CALL_LIMIT;
    this.events = new LibvirtEvents(this::connection, this::drop);
  }

  private interface Call<T> {
    T on(Connection connection, LibvirtExtras extras) throws LibvirtException, HypervisorException;
  }

  private <T> T call(String what, Duration limit, Call<T> call) throws HypervisorException {
    LibvirtExtras extras = LibvirtLibrary.load(uri.toString());
    return calls.run(
        what,
        limit,
        () -> {
          Connection connection = connection();
          try {
            return call.on(connection, extras);
          } catch (LibvirtException e) {
            throw failure(what, connection, e);
          }
        });
  }

  private HypervisorException failure(String what, Connection connection, LibvirtException e) {
    boolean alive = connection.lives();
    if (!alive) {
      drop(connection);
    }
    return Refusals.of(what, code(e), String.valueOf(e.getMessage()), alive, e);
  }

  // The binding lists libvirt's numbers in their order, and gives the names only.
  @SuppressWarnings("EnumOrdinal")
  static int code(LibvirtException e) {
    return e.getError() == null ? 1 : e.getError().getCode().ordinal();
  }

  private synchronized Connection connection() throws HypervisorException {
    Connection present = open;
    if (present != null) {
      return present;
    }
    Connection made = Connection.open(uri);
    open = made;
    return made;
  }

  /// Gives up a connection that broke. It is closed when nobody uses it any more, by its finalizer.
  @SuppressWarnings("ReferenceEquality") // that very one, not one to the same place
  private synchronized void drop(Connection broken) {
    if (open == broken) {
      open = null;
    }
  }

  @Override
  public HypervisorFacts facts() throws HypervisorException {
    return call(
        "describe",
        limit,
        (connection, _) -> {
          String type = connection.getType();
          Flavour flavour =
              Flavour.of(type)
                  .orElseThrow(
                      () ->
                          new HypervisorException(
                              HypervisorException.Kind.REFUSED,
                              uri + ": hypervisor: " + type + " (expected: QEMU or Xen)",
                              null));
          String capabilities = connection.getCapabilities();
          return new HypervisorFacts(
              flavour,
              version(connection.getVersion()),
              version(connection.getLibVersion()),
              capabilities.contains("<domain type='kvm'"),
              capabilities.contains("<enum name='firmware'>") || Uefi.isInstalled());
        });
  }

  private static String version(long number) {
    return number / 1_000_000 + "." + number / 1_000 % 1_000 + "." + number % 1_000;
  }

  @Override
  public void define(String xml) throws HypervisorException {
    call(
        "define",
        limit,
        (connection, _) -> {
          free(connection.domainDefineXML(xml));
          return true;
        });
  }

  @Override
  public Optional<MachineView> look(UUID machine) throws HypervisorException {
    return call(
        "look",
        limit,
        (connection, extras) ->
            with(connection, machine, domain -> view(connection, extras, domain)));
  }

  @Override
  public List<MachineView> list() throws HypervisorException {
    return call(
        "list",
        limit,
        (connection, extras) -> {
          List<MachineView> views = new ArrayList<>();
          for (Domain domain : connection.listAllDomains(0)) {
            try {
              view(connection, extras, domain)
                  .filter(view -> !view.labels().isEmpty())
                  .ifPresent(views::add);
            } finally {
              free(domain);
            }
          }
          return views;
        });
  }

  /// Empty for a machine that vanishes while it is looked at.
  private static Optional<MachineView> view(
      Connection connection, LibvirtExtras extras, Domain domain)
      throws LibvirtException, HypervisorException {
    String uuid = domain.getUUIDString();
    Map<String, String> labels;
    try {
      labels = DomainMetadata.read(domain.getMetadata(METADATA_ELEMENT, DomainMetadata.URI, 0));
    } catch (LibvirtException e) {
      if (code(e) == Refusals.NO_DOMAIN) {
        return Optional.empty();
      }
      if (code(e) != Refusals.NO_DOMAIN_METADATA) {
        throw e;
      }
      labels = Map.of();
    }
    Optional<MachineState> state =
        onPointer(
            "state",
            connection,
            extras,
            uuid,
            pointer -> {
              IntByReference now = new IntByReference();
              IntByReference reason = new IntByReference();
              int answer = extras.virDomainGetState(pointer, now, reason, 0);
              return answer < 0 ? null : state(now.getValue(), reason.getValue());
            });
    if (state.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new MachineView(UUID.fromString(uuid), domain.getName(), state.get(), labels));
  }

  /// @param state one of virDomainState
  /// @param reason of virDomainShutoffReason or virDomainPausedReason
  private static MachineState state(int state, int reason) {
    if (state == CRASHED) {
      return new MachineState.Off(MachineState.Cause.CRASHED);
    }
    if (state != SHUTOFF) {
      return new MachineState.Active(state == PAUSED && !OWN_PAUSES.contains(reason));
    }
    return new MachineState.Off(
        switch (reason) {
          case 1 -> MachineState.Cause.SHUT_DOWN;
          case 2 -> MachineState.Cause.POWERED_OFF;
          case 3 -> MachineState.Cause.CRASHED;
          case 6 -> MachineState.Cause.FAILED;
          default -> MachineState.Cause.UNKNOWN;
        });
  }

  /// Empty when there is no such machine.
  private static <T> Optional<T> onPointer(
      String what,
      Connection connection,
      LibvirtExtras extras,
      String uuid,
      Function<Pointer, @Nullable T> use)
      throws HypervisorException {
    Pointer pointer = extras.virDomainLookupByUUIDString(connection.pointer(), uuid);
    T answer = pointer == null ? null : use.apply(pointer);
    // Read before anything else is called: the next call forgets it.
    int code = answer == null ? extras.virGetLastErrorCode() : 0;
    String message = answer == null ? extras.virGetLastErrorMessage() : "";
    if (pointer != null) {
      extras.virDomainFree(pointer);
    }
    if (answer != null) {
      return Optional.of(answer);
    }
    if (code == Refusals.NO_DOMAIN) {
      return Optional.empty();
    }
    throw Refusals.of(what, code, message, connection.lives(), null);
  }

  private interface Use<T> {
    Optional<T> of(Domain domain) throws LibvirtException, HypervisorException;
  }

  private static <T> Optional<T> with(Connection connection, UUID machine, Use<T> use)
      throws LibvirtException, HypervisorException {
    Domain domain;
    try {
      domain = connection.domainLookupByUUIDString(machine.toString());
    } catch (LibvirtException e) {
      if (code(e) == Refusals.NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    }
    if (domain == null) {
      return Optional.empty();
    }
    try {
      return use.of(domain);
    } catch (LibvirtException e) {
      if (code(e) == Refusals.NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    } finally {
      free(domain);
    }
  }

  private static void free(@Nullable Domain domain) throws LibvirtException {
    if (domain != null) {
      domain.free();
    }
  }

  @Override
  public void start(UUID machine) throws HypervisorException {
    Optional<Boolean> found =
        call(
            "start",
            START_LIMIT,
            (connection, _) ->
                with(
                    connection,
                    machine,
                    domain -> {
                      if (domain.isActive() == 0) {
                        domain.create();
                      }
                      return Optional.of(true);
                    }));
    if (found.isEmpty()) {
      throw new HypervisorException(
          HypervisorException.Kind.FAILED, "start: there is no machine " + machine, null);
    }
  }

  @Override
  public boolean shutDown(UUID machine, Shutdown way) throws HypervisorException {
    return call(
        "shut down",
        shutDownLimit,
        (connection, extras) -> {
          boolean qemu = isQemu(connection);
          int flags = qemu ? flags(way) : 0; // others know one way only
          Optional<Boolean> asked =
              onPointer(
                  "shut down",
                  connection,
                  extras,
                  machine.toString(),
                  pointer -> extras.virDomainShutdownFlags(pointer, flags) < 0 ? null : true);
          return !qemu && asked.isPresent();
        });
  }

  private static int flags(Shutdown way) {
    return switch (way) {
      case ACPI -> SHUTDOWN_ACPI;
      case GUEST_AGENT -> SHUTDOWN_GUEST_AGENT;
    };
  }

  private static boolean isQemu(Connection connection) throws LibvirtException {
    return Flavour.of(connection.getType()).equals(Optional.of(Flavour.QEMU));
  }

  @Override
  public void powerOff(UUID machine) throws HypervisorException {
    change("power off", machine, LibvirtHypervisor::powerOff);
  }

  /// Of a machine that is about to end by itself, libvirt's driver for Xen says that something went
  /// wrong inside; soon it will have ended.
  private static void powerOff(Domain domain) throws LibvirtException {
    for (int left = ENDING_LOOKS; domain.isActive() == 1; left--) {
      try {
        domain.destroy();
        return;
      } catch (LibvirtException e) {
        if (code(e) == Refusals.OPERATION_INVALID) {
          return;
        }
        if (code(e) != Refusals.INTERNAL_ERROR || left == 0) {
          throw e;
        }
        LockSupport.parkNanos(ENDING_LOOK_NANOS);
      }
    }
  }

  @Override
  public void pause(UUID machine) throws HypervisorException {
    change("pause", machine, Domain::suspend);
  }

  @Override
  public void unpause(UUID machine) throws HypervisorException {
    change("unpause", machine, Domain::resume);
  }

  @Override
  public boolean resize(UUID machine, long vcpus, long memoryBytes) throws HypervisorException {
    MachineSize size = new MachineSize(vcpus, memoryBytes);
    return call(
            "resize",
            limit,
            (connection, _) ->
                with(connection, machine, domain -> Optional.of(size.give(connection, domain))))
        .orElse(true);
  }

  private interface Change {
    void on(Domain domain) throws LibvirtException;
  }

  private void change(String what, UUID machine, Change change) throws HypervisorException {
    call(
        what,
        limit,
        (connection, _) ->
            with(
                connection,
                machine,
                domain -> {
                  change.on(domain);
                  return Optional.of(true);
                }));
  }

  @Override
  public void undefine(UUID machine) throws HypervisorException {
    call(
        "undefine",
        limit,
        (connection, _) ->
            with(
                connection,
                machine,
                domain -> {
                  switch (Flavour.of(connection.getType()).orElse(Flavour.XEN)) {
                    case QEMU -> domain.undefine(UNDEFINE_EVERYTHING);
                    case TEST -> domain.undefine(UNDEFINE_SNAPSHOTS);
                    case XEN -> domain.undefine();
                  }
                  return Optional.of(true);
                }));
  }

  @Override
  public Optional<MachineUsage> usage(UUID machine) throws HypervisorException {
    return call(
        "measure",
        limit,
        (connection, _) ->
            with(
                connection,
                machine,
                domain -> Optional.of(MachineMeter.measure(domain, isQemu(connection)))));
  }

  @Override
  public Console console(UUID machine, boolean force) throws HypervisorException {
    return LibvirtConsole.open(uri, machine, force);
  }

  @Override
  public Optional<String> askGuest(UUID machine, String question) throws HypervisorException {
    return call(
        "ask the guest agent",
        limit,
        (connection, _) ->
            with(
                connection,
                machine,
                domain ->
                    Optional.ofNullable(domain.qemuAgentCommand(question, GUEST_SECONDS, 0))));
  }

  @Override
  public HypervisorSnapshots snapshots() {
    return new LibvirtSnapshots(uri);
  }

  @Override
  public List<MachineBridge> bridges() throws HypervisorException {
    return call("list bridges", limit, (connection, _) -> MachineBridges.of(connection));
  }

  @Override
  public void follow(Listener listener) {
    events.start(listener, () -> LibvirtLibrary.load(uri.toString()));
  }

  @Override
  public void close() {
    events.close();
    Connection last;
    synchronized (this) {
      last = open;
      open = null;
    }
    if (last != null) {
      try {
        calls.run("close", Duration.ofSeconds(2), last::close);
      } catch (HypervisorException _) {
        // It goes with the process.
      }
    }
    calls.close();
  }
}
