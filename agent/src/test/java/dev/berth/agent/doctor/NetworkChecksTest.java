package dev.berth.agent.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.forwarding.FilterProgram.Flavour;
import dev.berth.agent.forwarding.ScriptedFilters;
import org.junit.jupiter.api.Test;

/// What Docker and libvirt do to each other's networks.
class NetworkChecksTest {
  private static final MachineBridge BRIDGE = new MachineBridge("br0", MachineBridge.Reach.ANYONE);
  private static final MachineBridge NAT =
      new MachineBridge("virbr0", MachineBridge.Reach.MACHINES);

  private static Seen quarrel() {
    return Seen.well().bridges(BRIDGE).filter("iptables-nft", Flavour.NFT, ScriptedFilters.NFT);
  }

  @Test
  void forwardingIsAProblemWhereDockerDropsWhatMachinesSay() {
    Finding finding = quarrel().by(new ForwardingCheck());
    assertEquals(Verdict.PROBLEM, finding.verdict());
    assertEquals(
        "iptables-nft drops from br0 and to br0; iptables-nft: FORWARD DROP with Docker's chains",
        finding.seen());
    assertInstanceOf(Mend.ByAgent.class, finding.mend());
    assertEquals(
        "iptables-nft -I DOCKER-USER 1 -o br0 -m comment --comment berth-1b4e28ba-host-1 -j ACCEPT"
            + " && iptables-nft -I DOCKER-USER 1 -i br0 -m comment --comment"
            + " berth-1b4e28ba-host-1 -j ACCEPT",
        finding.mend().command());
  }

  @Test
  void forwardingIsAProblemWhereTheOtherFlavourDrops() {
    Finding finding =
        Seen.well()
            .bridges(BRIDGE)
            .filter("iptables-nft", Flavour.NFT, "-P FORWARD ACCEPT")
            .filter("iptables-legacy", Flavour.LEGACY, ScriptedFilters.LEGACY)
            .by(new ForwardingCheck());
    assertEquals(Verdict.PROBLEM, finding.verdict());
    assertTrue(finding.seen().startsWith("iptables-legacy drops from br0"), finding.seen());
    assertTrue(finding.mend().command().startsWith("iptables-legacy -A FORWARD -o br0"));
  }

  @Test
  void forwardingIsWellWhereRulesLetMachinesThrough() {
    String rules =
        ScriptedFilters.NFT.replace(
            "-A DOCKER-USER -j RETURN",
            "-A DOCKER-USER -i br0 -j ACCEPT\n-A DOCKER-USER -o br0 -j ACCEPT");
    assertEquals(
        Verdict.OK,
        Seen.well()
            .bridges(BRIDGE)
            .filter("iptables-nft", Flavour.NFT, rules)
            .by(new ForwardingCheck())
            .verdict());
    assertEquals(
        Verdict.OK,
        Seen.well()
            .bridges(NAT)
            .filter("iptables-legacy", Flavour.LEGACY, ScriptedFilters.LEGACY)
            .by(new ForwardingCheck())
            .verdict());
    assertEquals(
        Verdict.OK,
        Seen.well()
            .filter("iptables-nft", Flavour.NFT, ScriptedFilters.NFT)
            .by(new ForwardingCheck())
            .verdict());
  }

  @Test
  void forwardingIsLeftOutWhereNothingCanBeSeen() {
    Finding without = Seen.well().bridges(BRIDGE).by(new ForwardingCheck());
    assertEquals(
        Finding.skipped(ForwardingCheck.NAME, "there is no iptables on this host"), without);
    Finding hidden =
        Seen.well()
            .bridges(BRIDGE)
            .hiddenFilter("iptables", "Permission denied (you must be root)")
            .by(new ForwardingCheck());
    assertEquals(Verdict.SKIPPED, hidden.verdict());
    assertTrue(hidden.seen().contains("you must be root"), hidden.seen());
    assertEquals(
        Verdict.SKIPPED,
        quarrel().unknownBridges("libvirt is away").by(new ForwardingCheck()).verdict());
  }

  @Test
  void framesOnBridgesMatterWhereTheyAreDropped() {
    assertEquals(Verdict.OK, quarrel().by(new BridgeFilterCheck()).verdict());
    assertEquals(Verdict.OK, quarrel().kernel("1", "0").by(new BridgeFilterCheck()).verdict());
    Finding finding = quarrel().kernel("1", "1").by(new BridgeFilterCheck());
    assertEquals(Verdict.WARNING, finding.verdict());
    assertEquals("sysctl -w net.bridge.bridge-nf-call-iptables=0", finding.mend().command());
    assertEquals(Verdict.OK, Seen.well().kernel("1", "1").by(new BridgeFilterCheck()).verdict());
  }

  @Test
  void forwardingBetweenNetworksIsNeededByContainersAndBridges() {
    assertEquals(Verdict.OK, Seen.well().by(new IpForwardCheck()).verdict());
    Finding off = Seen.well().kernel("0", "0").by(new IpForwardCheck());
    assertEquals(Verdict.PROBLEM, off.verdict());
    assertEquals(new Mend.ByAgent("sysctl -w net.ipv4.ip_forward=1"), off.mend());
    assertEquals(
        Verdict.OK,
        Seen.well()
            .driver("docker", false, "", "away")
            .kernel("0", "0")
            .by(new IpForwardCheck())
            .verdict());
  }
}
