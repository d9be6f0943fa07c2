package dev.berth.agent.forwarding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.BridgeCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.v1.Kind;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardingTest {
  private static final Owner OWNER = new Owner("1b4e28ba-2fa1-11d2-883f-0016d3cca427", "host-1");
  private static final String TAG = "berth-1b4e28ba-host-1";

  @TempDir private Path net;
  private final ScriptedFilters filters = new ScriptedFilters();
  private volatile List<MachineBridge> bridges =
      List.of(new MachineBridge("br0", MachineBridge.Reach.ANYONE));
  private volatile boolean away;

  /// A driver that can do nothing but say which bridges there are.
  interface Machines extends RuntimeDriver, BridgeCapable {}

  private Forwarding forwarding() {
    RuntimeDriver driver =
        (RuntimeDriver)
            Proxy.newProxyInstance(
                Machines.class.getClassLoader(),
                new Class<?>[] {Machines.class},
                (_, method, _) ->
                    switch (method.getName()) {
                      case "name" -> "libvirt";
                      case "kind" -> Kind.KIND_VM;
                      case "bridges" -> {
                        if (away) {
                          throw DriverException.retryable("Away", "libvirt is away", null);
                        }
                        yield bridges;
                      }
                      default -> throw new UnsupportedOperationException(method.getName());
                    });
    return new Forwarding(filters, new DriverRegistry(List.of(driver)), OWNER, net);
  }

  @Test
  void addsWhatIsMissingOnceAndRemovesItAgain() throws Exception {
    filters.with("iptables-nft", ScriptedFilters.NFT);
    Forwarding forwarding = forwarding();
    assertEquals(1, forwarding.look().closed().size());
    List<RanCommand> ran = forwarding.mend(true);
    assertEquals(2, ran.size());
    assertTrue(ran.stream().allMatch(RanCommand::isGood));
    assertEquals(
        "iptables-nft -w 5 -I DOCKER-USER 1 -o br0 -m comment --comment " + TAG + " -j ACCEPT",
        ran.getFirst().command());
    assertEquals(List.of(), forwarding.look().closed());
    assertEquals(List.of(), forwarding.mend(true));
    assertEquals("-A DOCKER-USER -j RETURN", filters.lines("iptables-nft").getLast());

    assertEquals(2, forwarding.clear().size());
    assertEquals(ScriptedFilters.NFT.lines().toList(), filters.lines("iptables-nft"));
  }

  @Test
  void bothFlavoursMustLetThroughAndTheOldOneIsOnlyAskedWhenItIsInUse() throws Exception {
    filters
        .with("iptables-nft", ScriptedFilters.NFT)
        .with("iptables-legacy", ScriptedFilters.LEGACY);
    assertInstanceOf(FilterState.Unused.class, forwarding().look().filters().getLast());
    Files.writeString(net.resolve("ip_tables_names"), "nat\nfilter\n");
    NetworkView view = forwarding().look();
    assertEquals(
        List.of("iptables-nft", "iptables-legacy"),
        view.closed().stream().map(each -> each.program().name()).toList());
    assertEquals(
        "iptables-legacy -A FORWARD -o br0 -m comment --comment " + TAG + " -j ACCEPT",
        view.closed().getLast().commands().getFirst());
  }

  @Test
  void byItselfItOpensOnlyWhatDockerHasClosed() throws Exception {
    Files.writeString(net.resolve("ip_tables_names"), "filter\n");
    filters.with("iptables-legacy", ScriptedFilters.LEGACY);
    assertEquals(List.of(), forwarding().mend(true));
    assertEquals(2, forwarding().mend(false).size());
  }

  @Test
  void nothingIsDoneWhileBridgesAreNotKnown() throws Exception {
    filters.with("iptables-nft", ScriptedFilters.NFT);
    forwarding().mend(true);
    away = true;
    assertEquals(List.of(), forwarding().mend(true));
    assertInstanceOf(NetworkView.Bridges.Unknown.class, forwarding().look().bridges());
    away = false;
    bridges = List.of();
    assertEquals(2, forwarding().mend(true).size());
    assertEquals(ScriptedFilters.NFT.lines().toList(), filters.lines("iptables-nft"));
  }

  @Test
  void aHostWithoutIptablesHasNoFilters() throws Exception {
    assertEquals(List.of(), forwarding().look().filters());
    assertEquals(List.of(), forwarding().mend(false));
  }

  @Test
  void theOnlyIptablesSaysWhichFlavourItIs() throws Exception {
    filters.with("iptables", ScriptedFilters.NFT);
    assertEquals(1, forwarding().look().filters().size());
    assertEquals(
        FilterProgram.Flavour.NFT, forwarding().look().filters().getFirst().program().flavour());
    filters.version("iptables v1.6.1");
    assertEquals(
        FilterProgram.Flavour.LEGACY, forwarding().look().filters().getFirst().program().flavour());
  }
}
