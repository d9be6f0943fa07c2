package dev.berth.agent.forwarding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.driver.MachineBridge.Reach;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardPlanTest {
  private static final String TAG = "berth-1b4e28ba-host-1";
  private static final MachineBridge BRIDGE = new MachineBridge("br0", Reach.ANYONE);
  private static final MachineBridge NAT = new MachineBridge("virbr0", Reach.MACHINES);
  private static final String DROPS =
      "-P FORWARD DROP\n-N DOCKER-USER\n-A FORWARD -j DOCKER-USER\n";

  private static List<String> changes(String table, MachineBridge... bridges) {
    return ForwardPlan.of(FilterTable.parse(table), List.of(bridges), TAG).changes().stream()
        .map(change -> String.join(" ", change.arguments()))
        .toList();
  }

  private static List<String> closed(String table, MachineBridge... bridges) {
    return ForwardPlan.of(FilterTable.parse(table), List.of(bridges), TAG).closed().stream()
        .map(Passage::toString)
        .toList();
  }

  @Test
  void rulesComeBeforeTheEndOfDockersChainForUsers() {
    assertEquals(
        List.of(
            "-I DOCKER-USER 1 -o br0 -m comment --comment " + TAG + " -j ACCEPT",
            "-I DOCKER-USER 1 -i br0 -m comment --comment " + TAG + " -j ACCEPT"),
        changes(ScriptedFilters.NFT, BRIDGE));
  }

  @Test
  void whatAnOperatorRefusesStaysRefused() {
    String table = DROPS + "-A DOCKER-USER -s 10.9.0.0/16 -j DROP\n-A DOCKER-USER -j RETURN\n";
    assertEquals("-I DOCKER-USER 2 -o br0", changes(table, BRIDGE).getFirst().substring(0, 23));
  }

  @Test
  void withoutDockerTheyGoToTheEndOfForward() {
    assertEquals(
        "-A FORWARD -o br0 -m comment --comment " + TAG + " -j ACCEPT",
        changes("-P FORWARD DROP\n", BRIDGE).getFirst());
    assertEquals(
        "-I FORWARD 1 -o br0 -m comment --comment " + TAG + " -j ACCEPT",
        changes("-P FORWARD ACCEPT\n-A FORWARD -j REJECT\n", BRIDGE).getFirst());
  }

  @Test
  void nothingIsDoneWhereNothingIsDropped() {
    assertEquals(List.of(), changes("-P FORWARD ACCEPT\n", BRIDGE, NAT));
  }

  @Test
  void aTranslatedNetworkIsOnlyAnswered() {
    assertEquals(
        "-I DOCKER-USER 1 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment"
            + " --comment "
            + TAG
            + " -j ACCEPT",
        changes(ScriptedFilters.NFT, NAT).getFirst());
  }

  @Test
  void libvirtsOwnRulesAreEnoughForItsNetwork() {
    assertEquals(List.of(), closed(ScriptedFilters.LEGACY, NAT));
    assertEquals(List.of("from br0", "to br0"), closed(ScriptedFilters.LEGACY, BRIDGE));
  }

  @Test
  void rulesOfAnyoneCountWhenTheyLetAllThrough() {
    String user = DROPS + "-A DOCKER-USER -i br+ -j ACCEPT\n-A DOCKER-USER -o br0 -j ACCEPT\n";
    assertEquals(List.of(), closed(user, BRIDGE));
    assertEquals(
        List.of("from br0"),
        closed(
            DROPS + "-A DOCKER-USER -s 10.0.0.5/32 -i br0 -j ACCEPT\n-A FORWARD -o br0 -j ACCEPT",
            BRIDGE));
    assertEquals(List.of(), closed(DROPS + "-A DOCKER-USER -j ACCEPT\n", BRIDGE, NAT));
  }

  @Test
  void ourRulesThatNobodyNeedsGoAndThoseOfOthersStay() {
    String table =
        DROPS
            + "-A DOCKER-USER -i br0 -m comment --comment "
            + TAG
            + " -j ACCEPT\n"
            + "-A DOCKER-USER -i br0 -m comment --comment berth-other-host-1 -j ACCEPT\n"
            + "-A DOCKER-USER -i br0 -j ACCEPT\n";
    assertEquals(
        List.of("-D DOCKER-USER -i br0 -m comment --comment " + TAG + " -j ACCEPT"),
        changes(table));
  }
}
