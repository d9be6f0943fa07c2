package dev.berth.e2e.harness;

import dev.berth.v1.CreateTokenRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One etcd, one controller, and hosts named host-1, host-2 … with an agent each.
public final class Cluster implements AutoCloseable {
  private static final int DIAGNOSIS_LINES = 60;
  private static final Duration DIAGNOSIS_LIMIT = Duration.ofSeconds(20);

  private final ClusterPlan plan;
  private final Cleanup cleanup;
  private final WorkDirectory work;
  private final Quay quay;
  private final EtcdProcess etcd;
  private final ControllerProcess controller;
  private final Api api;
  private final List<Berthed> hosts = new ArrayList<>();

  private Cluster(
      ClusterPlan plan,
      Cleanup cleanup,
      WorkDirectory work,
      Quay quay,
      EtcdProcess etcd,
      ControllerProcess controller,
      Api api) {
    this.plan = plan;
    this.cleanup = cleanup;
    this.work = work;
    this.quay = quay;
    this.etcd = etcd;
    this.controller = controller;
    this.api = api;
  }

  static Cluster start(ClusterPlan plan) {
    Cleanup cleanup = new Cleanup();
    try {
      Cluster cluster = startControlPlane(plan, cleanup);
      List<Host> bare = new ArrayList<>();
      for (Runtimes runtimes : plan.hosts()) {
        bare.add(cluster.addHost("host-" + (bare.size() + 1), runtimes));
      }
      for (Host host : bare) {
        cluster.hosts.add(cluster.join(host));
      }
      for (Berthed host : cluster.hosts) {
        host.agent().awaitReady();
      }
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cleanup.closeAfter(e);
      throw e;
    }
  }

  private static Cluster startControlPlane(ClusterPlan plan, Cleanup cleanup) {
    WorkDirectory work = WorkDirectory.make();
    cleanup.add(work::close);
    Quay quay = Quay.make();
    cleanup.add(quay::close);
    Path data = work.directory("c");
    ControllerProcess.init(data, quay.address());
    EtcdProcess etcd = EtcdProcess.start(work.directory("e"), data.resolve("etcd-pki"));
    cleanup.add(etcd::close);
    ControllerProcess controller =
        ControllerProcess.start(data, quay.address(), etcd.endpoint(), plan.controllerFlags());
    cleanup.add(controller::close);
    Api api = Api.admin(controller);
    cleanup.add(api::close);
    return new Cluster(plan, cleanup, work, quay, etcd, controller, api);
  }

  /// Its etcd.
  public EtcdProcess etcd() {
    return etcd;
  }

  /// Its controller.
  public ControllerProcess controller() {
    return controller;
  }

  /// Its API, as the administrator.
  public Api api() {
    return api;
  }

  /// The command line, as the administrator.
  public Cli cli() {
    return new Cli(controller.adminEnvironment());
  }

  /// Environment in which the command line speaks to this cluster, as the administrator.
  public Map<String, String> environment() {
    return controller.adminEnvironment();
  }

  /// The bridge that its hosts are wired to.
  public Quay quay() {
    return quay;
  }

  /// Its hosts.
  public List<Berthed> hosts() {
    return List.copyOf(hosts);
  }

  /// Its only, or first, host.
  public Berthed host() {
    return hosts.getFirst();
  }

  /// A directory for files of the test.
  public WorkDirectory work() {
    return work;
  }

  /// All containers of a workload that run, on every host.
  public List<ContainerView> containers(String workload) {
    return hosts.stream()
        .flatMap(host -> host.host().docker().stream())
        .flatMap(docker -> docker.probe().running(workload).stream())
        .toList();
  }

  /// Starts one more host, without an agent.
  public Host addHost(String name, Runtimes runtimes) {
    DockerHost docker = runtimes.docker() ? addDocker(name) : null;
    HostLink link = docker == null ? connect() : docker.link();
    return new Host(name, link, docker, runtimes.libvirt() ? addLibvirt(name, link) : null);
  }

  private HostLink connect() {
    HostLink link = quay.connect();
    cleanup.add(link::close);
    return link;
  }

  private LibvirtHost addLibvirt(String name, HostLink link) {
    LibvirtHost libvirt = LibvirtHost.start(name, link, work.directory("v-" + name));
    cleanup.add(libvirt::close);
    return libvirt;
  }

  /// Starts one more host with a Docker daemon alone, without an agent.
  public DockerHost addDocker(String name) {
    DockerHost docker =
        DockerHost.start(quay, name, work.directory("d-" + name), plan.dockerFlags());
    cleanup.add(docker::close);
    docker.importDemo();
    return docker;
  }

  /// Starts an agent on a host, with a fresh token, without waiting for it.
  public Berthed join(Host host) {
    return new Berthed(host, join(host, token(host.name()), host.dockerHost()));
  }

  /// A fresh token for one node.
  public String token(String node) {
    return api.admin()
        .createToken(CreateTokenRequest.newBuilder().setNode(node).build())
        .getSecret();
  }

  /// Starts an agent on a host that has Docker alone, without waiting for it.
  ///
  /// @param dockerHost how it reaches the Docker daemon
  public AgentProcess join(DockerHost docker, String token, String dockerHost) {
    return join(Host.of(docker), token, dockerHost);
  }

  private AgentProcess join(Host host, String token, String dockerHost) {
    Path file = work.file("token-" + host.name(), token);
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--docker-host=" + dockerHost,
                "--image-gc-above=100%",
                "--controllers=" + controller.api(),
                "--join-address=" + controller.join(),
                "--token-file=" + file));
    flags.addAll(plan.agentFlags());
    AgentProcess agent = AgentProcess.launch(work.directory("a-" + host.name()), host, flags);
    cleanup.add(agent::close);
    return agent;
  }

  /// What its processes wrote last to stderr, for a failure's report.
  public String diagnosis() {
    StringBuilder text = new StringBuilder(tail("controller", controller.daemon()));
    for (Berthed host : hosts) {
      text.append(tail("agent of " + host.name(), host.agent().daemon()));
    }
    for (String verb : List.of("node ls", "ps -a -o wide", "events")) {
      Command command = cli().command(verb.split(" ", -1)).within(DIAGNOSIS_LIMIT);
      try {
        text.append("berth ").append(verb).append(": ").append(command.run()).append('\n');
      } catch (AssertionError e) {
        text.append(e.getMessage());
      }
    }
    return text.toString();
  }

  private static String tail(String name, Daemon daemon) {
    List<String> lines = daemon.err().lines().toList();
    List<String> last = lines.subList(Math.max(0, lines.size() - DIAGNOSIS_LINES), lines.size());
    String state = daemon.isAlive() ? " (running):\n  " : " (ended):\n  ";
    return name + state + String.join("\n  ", last) + "\n";
  }

  @Override
  public void close() {
    cleanup.close();
  }
}
