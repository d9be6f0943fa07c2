package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.driver.MachineBridge.Reach;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MachineBridgesTest {
  @Test
  void findsWhatCardsAreConnectedTo() throws Exception {
    MachineBridges.Cards cards =
        MachineBridges.cards(
            """
            <domain type='kvm' id='1'><devices>
              <interface type='bridge'><source bridge='br0'/><target dev='vnet0'/></interface>
              <interface type='bridge'><source bridge='-j DROP'/></interface>
              <interface type='network'><source network='default' bridge='virbr0'/></interface>
              <interface type='user'><mac address='52:54:00:00:00:01'/></interface>
            </devices></domain>
            """);
    assertEquals(Set.of("br0"), cards.bridges());
    assertEquals(Set.of("default"), cards.networks());
  }

  private static Optional<MachineBridge> network(String forward) throws Exception {
    return MachineBridges.ofNetwork(
        "<network><name>n</name>" + forward + "<bridge name='virbr1' stp='on'/></network>");
  }

  @Test
  void whoMayBeginDependsOnTheNetworksMode() throws Exception {
    assertEquals(
        Optional.of(new MachineBridge("virbr1", Reach.MACHINES)),
        network("<forward mode='nat'><nat/></forward>"));
    assertEquals(Optional.of(new MachineBridge("virbr1", Reach.MACHINES)), network("<forward/>"));
    for (String mode : new String[] {"route", "open", "bridge"}) {
      assertEquals(
          Optional.of(new MachineBridge("virbr1", Reach.ANYONE)),
          network("<forward mode='" + mode + "'/>"));
    }
    assertEquals(Optional.empty(), network(""));
    assertEquals(Optional.empty(), network("<forward mode='hostdev'/>"));
  }
}
