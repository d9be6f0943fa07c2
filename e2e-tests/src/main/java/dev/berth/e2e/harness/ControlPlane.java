package dev.berth.e2e.harness;

import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.client.CredentialsException;
import dev.berth.client.TlsIdentity;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.Cluster;
import dev.berth.v1.GetClusterRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Several controllers of one cluster over several etcds, as processes on loopback, without hosts.
public final class ControlPlane implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";
  private static final Duration ELECTION_LIMIT = Duration.ofSeconds(30);

  private final Cleanup cleanup;
  private final WorkDirectory work;
  private final EtcdCluster etcd;
  private final List<ControllerProcess> controllers = new ArrayList<>();
  private final Map<ControllerProcess, List<CuttableLink>> links = new HashMap<>();

  private ControlPlane(Cleanup cleanup, WorkDirectory work, EtcdCluster etcd) {
    this.cleanup = cleanup;
    this.work = work;
    this.etcd = etcd;
  }

  /// Starts it and waits until one controller leads and the others follow.
  ///
  /// @param etcdFlags more flags of each etcd
  /// @param controllerFlags more flags of each controller
  public static ControlPlane start(
      int controllers, int etcds, List<String> etcdFlags, List<String> controllerFlags) {
    return start(ADDRESS, controllers, etcds, etcdFlags, controllerFlags);
  }

  /// As [#start(int, int, List, List)], for hosts that are wired to a bridge.
  public static ControlPlane startAt(Quay quay, int controllers, int etcds) {
    return start(quay.address(), controllers, etcds, List.of(), List.of());
  }

  private static ControlPlane start(
      String address,
      int controllers,
      int etcds,
      List<String> etcdFlags,
      List<String> controllerFlags) {
    Cleanup cleanup = new Cleanup();
    try {
      WorkDirectory work = WorkDirectory.make();
      cleanup.add(work::close);
      List<Path> data = directories(work, address, controllers);
      EtcdCluster etcd =
          EtcdCluster.start(work, data.getFirst().resolve("etcd-pki"), etcds, etcdFlags);
      cleanup.add(etcd::close);
      ControlPlane plane = new ControlPlane(cleanup, work, etcd);
      for (Path directory : data) {
        List<CuttableLink> ways =
            etcd.members().stream().map(member -> CuttableLink.to(member.port())).toList();
        ways.forEach(way -> cleanup.add(way::close));
        String endpoints =
            ways.stream()
                .map(way -> "https://127.0.0.1:" + way.port())
                .collect(Collectors.joining(","));
        ControllerProcess controller =
            ControllerProcess.launch(directory, address, endpoints, controllerFlags);
        cleanup.add(controller::close);
        plane.controllers.add(controller);
        plane.links.put(controller, ways);
      }
      plane.controllers.forEach(ControllerProcess::awaitServing);
      return plane;
    } catch (RuntimeException | AssertionError e) {
      cleanup.closeAfter(e);
      throw e;
    }
  }

  /// Data directories of controllers that share their authorities.
  private static List<Path> directories(WorkDirectory work, String address, int count) {
    List<Path> data = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Path directory = work.directory("c" + i);
      if (i > 1) {
        copy(
            data.getFirst(),
            directory,
            "pki",
            List.of("ca.crt", "ca.key", "admin.crt", "admin.key"));
        copy(
            data.getFirst(),
            directory,
            "etcd-pki",
            List.of("ca.crt", "ca.key", "client.crt", "client.key"));
      }
      ControllerProcess.init(directory, address);
      data.add(directory);
    }
    return data;
  }

  private static void copy(Path from, Path to, String directory, List<String> files) {
    try {
      Files.createDirectories(to.resolve(directory));
      for (String file : files) {
        Files.copy(from.resolve(directory).resolve(file), to.resolve(directory).resolve(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Its etcds.
  public EtcdCluster etcd() {
    return etcd;
  }

  /// Its controllers.
  public List<ControllerProcess> controllers() {
    return List.copyOf(controllers);
  }

  /// Parts a controller from all etcds, or joins them again.
  public void part(ControllerProcess controller, boolean apart) {
    links.getOrDefault(controller, List.of()).forEach(way -> way.cut(apart));
  }

  /// A directory for files of the test.
  public WorkDirectory work() {
    return work;
  }

  /// Where all controllers listen.
  public List<ControllerAddress> addresses() {
    return controllers.stream().map(ControllerProcess::api).toList();
  }

  /// Where all controllers let hosts join.
  public List<ControllerAddress> joinAddresses() {
    return controllers.stream().map(ControllerProcess::join).toList();
  }

  /// The API of all controllers together, as the administrator.
  public Api api() {
    return api(addresses());
  }

  /// The API of some controllers, as the administrator.
  public Api api(List<ControllerAddress> addresses) {
    Path pki = pki();
    return Api.open(
        addresses, pki.resolve("admin.crt"), pki.resolve("admin.key"), pki.resolve("ca.crt"));
  }

  /// The authority's certificate and the administrator's.
  public Path pki() {
    return controllers.getFirst().pki();
  }

  /// The command line, as the administrator, who knows all controllers.
  public Cli cli() {
    Map<String, String> environment = new TreeMap<>(controllers.getFirst().adminEnvironment());
    environment.put(
        "BERTH_ADDR", addresses().stream().map(Object::toString).collect(Collectors.joining(",")));
    return new Cli(environment);
  }

  /// Asks one controller how it is.
  ///
  /// @throws StatusRuntimeException when it does not answer within two seconds
  public Cluster ask(ControllerProcess controller) {
    try (ControllerChannel channel = connect(controller)) {
      return AdminServiceGrpc.newBlockingStub(channel.channel())
          .withDeadlineAfter(2, TimeUnit.SECONDS)
          .getCluster(GetClusterRequest.getDefaultInstance());
    }
  }

  /// A connection to one controller, as the administrator, on which nothing is repeated.
  public ControllerChannel connect(ControllerProcess controller) {
    try {
      TlsIdentity identity =
          TlsIdentity.load(
              pki().resolve("admin.crt"), pki().resolve("admin.key"), pki().resolve("ca.crt"));
      return ControllerChannel.open(List.of(controller.api()), () -> identity);
    } catch (CredentialsException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits until a controller says that it leads.
  public ControllerProcess awaitLeader() {
    return Eventually.within(
            ELECTION_LIMIT,
            "a controller leads",
            () -> controllers.stream().filter(this::leads).toList(),
            leaders -> !leaders.isEmpty())
        .getFirst();
  }

  private boolean leads(ControllerProcess controller) {
    try {
      return controller.daemon().isAlive() && ask(controller).getLeader();
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  /// Those that are not the given one.
  public List<ControllerProcess> others(ControllerProcess one) {
    return controllers.stream().filter(each -> each != one).toList();
  }

  @Override
  public void close() {
    cleanup.close();
  }
}
