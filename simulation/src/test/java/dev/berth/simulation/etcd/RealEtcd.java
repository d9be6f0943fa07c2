package dev.berth.simulation.etcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A real etcd for one test, in memory as far as the host allows: how fast its disk is does not
/// matter here.
final class RealEtcd implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path directory;
  private final Process process;
  private final ManagedChannel channel;

  private RealEtcd(Path directory, Process process, ManagedChannel channel) {
    this.directory = directory;
    this.process = process;
    this.channel = channel;
  }

  static boolean isInstalled() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(each -> Files.isExecutable(Path.of(each, "etcd")));
  }

  static RealEtcd start() throws IOException {
    Path directory =
        Files.isWritable(MEMORY)
            ? Files.createTempDirectory(MEMORY, "berth-etcd")
            : Files.createTempDirectory("berth-etcd");
    int port = freePort();
    String clients = "http://127.0.0.1:" + port;
    String peers = "http://127.0.0.1:" + freePort();
    Process process =
        new ProcessBuilder(
                "etcd",
                "--name=model",
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=model=" + peers,
                "--log-level=error")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(256 << 20)
            .build();
    return new RealEtcd(directory, process, channel);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  KVGrpc.KVBlockingStub keys() {
    return KVGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  LeaseGrpc.LeaseBlockingStub leases() {
    return LeaseGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  LeaseKeepAliveResponse keepAlive(LeaseKeepAliveRequest request) throws Exception {
    BlockingClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
        ClientCalls.blockingBidiStreamingCall(
            channel, LeaseGrpc.getLeaseKeepAliveMethod(), leases().getCallOptions());
    call.write(request);
    call.halfClose();
    LeaseKeepAliveResponse answer = call.read();
    if (answer == null) {
      throw new AssertionError("no answer to " + request);
    }
    return answer;
  }

  /// Watches until enough has come.
  void watch(WatchCreateRequest request, Predicate<WatchResponse> enough) throws Exception {
    BlockingClientCall<WatchRequest, WatchResponse> call =
        ClientCalls.blockingBidiStreamingCall(
            channel, WatchGrpc.getWatchMethod(), leases().getCallOptions());
    call.write(WatchRequest.newBuilder().setCreateRequest(request).build());
    WatchResponse answer = call.read();
    while (answer != null && !enough.test(answer)) {
      answer = call.read();
    }
    call.cancel("enough", null);
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.delete(file);
      }
    }
  }
}
