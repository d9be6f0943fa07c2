package dev.berth.agent.forwarding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FilterTableTest {
  private static FilterRule rule(String text) {
    return new FilterRule(FilterRule.split(text));
  }

  @Test
  void readsWhatBothFlavoursPrint() {
    FilterTable nft = FilterTable.parse(ScriptedFilters.NFT);
    assertTrue(nft.dropsForwarded());
    assertTrue(nft.isDockers());
    assertEquals("DOCKER-USER", nft.place());
    assertEquals(6, nft.rules("FORWARD").size());
    FilterTable legacy = FilterTable.parse(ScriptedFilters.LEGACY);
    assertTrue(legacy.dropsForwarded());
    assertFalse(legacy.isDockers());
    assertEquals("FORWARD", legacy.place());
  }

  @Test
  void aChainThatNothingLeadsToIsNoPlaceForRules() {
    FilterTable flushed = FilterTable.parse("-P FORWARD DROP\n-N DOCKER-USER\n");
    assertEquals("FORWARD", flushed.place());
  }

  @Test
  void aRefusalAtTheEndDropsAsAPolicyDoes() {
    assertFalse(FilterTable.parse("-P FORWARD ACCEPT").dropsForwarded());
    assertTrue(
        FilterTable.parse(
                "-P FORWARD ACCEPT\n-A FORWARD -j REJECT --reject-with icmp-host-prohibited")
            .dropsForwarded());
    assertFalse(
        FilterTable.parse("-P FORWARD ACCEPT\n-A FORWARD -i eth1 -j DROP").dropsForwarded());
  }

  @Test
  void commentsAreReadWithTheirQuotes() {
    FilterRule rule = rule("-o br0 -m comment --comment \"it\\'s \\\"x\\\"\" -j ACCEPT");
    assertEquals(Optional.of("it's \"x\""), rule.comment());
    assertEquals(List.of("-o", "br0"), rule.matches());
    assertEquals("ACCEPT", rule.target());
  }

  @Test
  void whatIsNegatedIsNoValue() {
    assertEquals(Optional.empty(), rule("! -i br0 -j ACCEPT").value("-i"));
  }

  @Test
  void onlyARuleForEverythingEndsAChain() {
    assertTrue(rule("-j RETURN").endsChain());
    assertTrue(rule("-m comment --comment x -j DROP").refusesAll());
    assertFalse(rule("-i br0 -j DROP").endsChain());
    assertFalse(rule("-j ACCEPT").endsChain());
  }
}
