package dev.berth.cli.testing;

import com.google.protobuf.Message;
import dev.berth.client.context.ContextEntry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A controller of canned answers on a loopback port: real gRPC over real mutual TLS. Tests fill
/// its parts and look at them.
public final class FakeCluster implements AutoCloseable {
  private final FakeInstances instances = new FakeInstances();
  private final FakeWorkloads workloads = new FakeWorkloads();
  private final FakeExec exec = new FakeExec();
  private final FakeImages images = new FakeImages();
  private final FakeVolumes volumes = new FakeVolumes();
  private final FakeNetworks networks = new FakeNetworks();
  private final FakeVms vms = new FakeVms();
  private final FakeNodes nodes = new FakeNodes();
  private final FakeNamespaces namespaces = new FakeNamespaces();
  private final FakeEvents events = new FakeEvents();
  private final FakeAdmin admin = new FakeAdmin();
  private final CallLog calls = new CallLog();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final TestAuthority authority;
  private final Path directory;
  private final Server server;
  private final TlsFront front;

  /// Starts a cluster whose credentials are written to a directory: `ca.crt`, `admin.crt` and
  /// `admin.key`.
  public FakeCluster(Path directory) throws IOException, GeneralSecurityException {
    this.directory = directory;
    this.authority = new TestAuthority("fake CA");
    TestAuthority.write(authority.certificate(), directory.resolve("ca.crt"));
    write("admin", authority.issue("admin"));
    var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    this.server =
        OkHttpServerBuilder.forPort(anyPort, InsecureServerCredentials.create())
            .executor(executor)
            .intercept(calls)
            .intercept(new SpokenEnds())
            .addService(workloads)
            .addService(instances)
            .addService(exec)
            .addService(images)
            .addService(volumes)
            .addService(networks)
            .addService(new FakeRegistries())
            .addService(vms)
            .addService(nodes)
            .addService(namespaces)
            .addService(events)
            .addService(admin)
            .build()
            .start();
    this.front =
        new TlsFront(authority.issue("controller"), authority.certificate(), server.getPort());
  }

  /// Writes an identity as `NAME.crt` and `NAME.key`.
  public void write(String name, TestAuthority.Identity identity)
      throws IOException, GeneralSecurityException {
    TestAuthority.write(identity.certificate(), directory.resolve(name + ".crt"));
    TestAuthority.write(identity.key(), directory.resolve(name + ".key"));
  }

  /// The CA that both sides believe.
  public TestAuthority authority() {
    return authority;
  }

  /// Where it listens, `127.0.0.1:PORT`.
  public String address() {
    return "127.0.0.1:" + front.port();
  }

  /// The environment of a user of this cluster, without a context file.
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("BERTH_ADDR", address());
    environment.put("BERTH_CACERT", directory.resolve("ca.crt").toString());
    environment.put("BERTH_CLIENT_CERT", directory.resolve("admin.crt").toString());
    environment.put("BERTH_CLIENT_KEY", directory.resolve("admin.key").toString());
    environment.put("BERTH_CONFIG", directory.resolve("config.yaml").toString());
    return environment;
  }

  /// The context of a user of this cluster.
  public ContextEntry context() {
    return new ContextEntry(
        address(),
        "default",
        directory.resolve("ca.crt").toString(),
        directory.resolve("admin.crt").toString(),
        directory.resolve("admin.key").toString());
  }

  /// The workloads.
  public FakeWorkloads workloads() {
    return workloads;
  }

  /// The instances and their output.
  public FakeInstances instances() {
    return instances;
  }

  /// The consoles.
  public FakeExec exec() {
    return exec;
  }

  /// The images.
  public FakeImages images() {
    return images;
  }

  /// The nodes.
  public FakeNodes nodes() {
    return nodes;
  }

  /// The namespaces.
  public FakeNamespaces namespaces() {
    return namespaces;
  }

  /// The events.
  public FakeEvents events() {
    return events;
  }

  /// The tokens and the cluster.
  public FakeAdmin admin() {
    return admin;
  }

  /// What was called; can also be told to refuse.
  public CallLog calls() {
    return calls;
  }

  /// The requests of one type so far, the oldest first.
  public <T extends Message> List<T> requests(Class<T> type) {
    return calls.requests(type);
  }

  @Override
  public void close() throws IOException {
    front.close();
    server.shutdownNow();
    executor.shutdownNow();
  }
}
