package dev.berth.e2e;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cleanup;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A host of a cluster with the bridge br0 in its network, a machine's place on the bridge, and
/// somebody beyond the host. All of it is in network namespaces of the test's own.
final class BridgedHost implements AutoCloseable {
  private static final String BRIDGE = "br0";
  private static final int SECTOR = 512;

  private final Cluster cluster;
  private final Berthed host;
  private final String inside;
  private final String beyond;
  private final Cleanup cleanup = new Cleanup();

  BridgedHost(Cluster cluster) {
    this.cluster = cluster;
    this.host = cluster.host();
    String name = "bd" + ProcessHandle.current().pid();
    this.inside = name + "i";
    this.beyond = name + "b";
    try {
      run("ip", "link", "add", BRIDGE, "type", "bridge");
      run("ip", "addr", "add", "10.77.0.1/24", "dev", BRIDGE);
      run("ip", "link", "set", BRIDGE, "up");
      leg(inside, "10.77.0");
      run("ip", "link", "set", inside, "master", BRIDGE);
      leg(beyond, "10.78.0");
      run("ip", "addr", "add", "10.78.0.1/24", "dev", beyond);
    } catch (RuntimeException | AssertionError e) {
      cleanup.closeAfter(e);
      throw e;
    }
  }

  /// A namespace with a cable into the host's network, and its way out over it.
  private void leg(String name, String subnet) {
    Command.of("ip", "netns", "add", name).output();
    cleanup.add(() -> Command.of("ip", "netns", "delete", name).output());
    run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
    run("ip", "link", "set", name, "up");
    for (List<String> words :
        List.of(
            List.of("addr", "add", subnet + ".2/24", "dev", "eth0"),
            List.of("link", "set", "eth0", "up"),
            List.of("route", "add", "default", "via", subnet + ".1"))) {
      List<String> all = new ArrayList<>(List.of("ip", "-n", name));
      all.addAll(words);
      Command.of(all).output();
    }
  }

  Berthed host() {
    return host;
  }

  /// Runs a command in the host's network.
  String run(String... words) {
    return Command.of(host.link().inside(List.of(words))).output();
  }

  /// Whether who is on the bridge reaches who is beyond the host.
  boolean passes() {
    CommandResult ping =
        Command.of(
                "nsenter",
                "--net=/run/netns/" + inside,
                "busybox",
                "ping",
                "-c1",
                "-W1",
                "10.78.0.2")
            .run();
    return ping.exitCode() == 0;
  }

  /// Berth's rules in Docker's chain.
  List<String> rules() {
    return run("iptables", "-S", "DOCKER-USER")
        .lines()
        .filter(line -> line.contains("berth-"))
        .toList();
  }

  /// Does what an operator's script or another program may do.
  void breakRules() {
    for (String rule : rules()) {
      List<String> words = new ArrayList<>(List.of("iptables", "-D"));
      words.addAll(List.of(rule.substring("-A ".length()).split(" ", -1)));
      run(words.toArray(String[]::new));
    }
  }

  /// Runs a machine on the bridge: firmware that finds nothing to boot is enough.
  void runMachine() {
    byte[] disk = new byte[1 << 20];
    disk[SECTOR - 2] = 0x55;
    disk[SECTOR - 1] = (byte) 0xaa;
    Path file = cluster.work().directory("tiny").resolve("tiny.img");
    try {
      Files.write(file, disk);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    host.agent().importImage("tiny", file);
    cluster
        .cli()
        .output(
            "run",
            "-d",
            "--kind=vm",
            "--name=m",
            "-m=32m",
            "--network=bridge:" + BRIDGE,
            "--stop-timeout=1s",
            "tiny");
  }

  @Override
  public void close() {
    cleanup.close();
  }
}
