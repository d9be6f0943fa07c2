package dev.berth.e2e.harness;

import java.util.concurrent.atomic.AtomicInteger;

/// A bridge in the root namespace that hosts in namespaces of their own are wired to. It leads
/// nowhere else: what runs there reaches the machine's own address on the bridge and its peers.
public final class Quay implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final int SUBNETS = 250;

  private final String name;
  private final int subnet;
  private int hosts;

  private Quay(String name, int subnet) {
    this.name = name;
    this.subnet = subnet;
  }

  /// Makes a bridge with a /24 of 10.213.0.0/16 that nobody uses.
  public static Quay make() {
    long pid = ProcessHandle.current().pid();
    String name = "be" + pid + "q" + COUNT.incrementAndGet();
    Command.of("ip", "link", "add", name, "type", "bridge").output();
    for (int i = 0; i < SUBNETS; i++) {
      int subnet = 1 + (int) ((pid + i) % SUBNETS);
      String taken = Command.of("ip", "-4", "-o", "addr", "show").output();
      if (!taken.contains(" 10.213." + subnet + ".")) {
        Command.of("ip", "addr", "add", "10.213." + subnet + ".1/24", "dev", name).output();
        Command.of("ip", "link", "set", name, "up").output();
        return new Quay(name, subnet);
      }
    }
    Command.of("ip", "link", "delete", name).run();
    throw new IllegalStateException("all subnets of 10.213.0.0/16 are in use");
  }

  /// The machine's own address on the bridge.
  public String address() {
    return "10.213." + subnet + ".1";
  }

  /// Wires a new host to the bridge.
  public HostLink connect() {
    hosts++;
    return HostLink.make(name, name + "h" + hosts, "10.213." + subnet + "." + (10 + hosts));
  }

  @Override
  public void close() {
    Command.of("ip", "link", "delete", name).output();
  }
}
