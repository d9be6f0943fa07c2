package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DaemonJsonTest {
  private final ObjectNode labels = new ObjectMapper().createObjectNode();

  @Test
  void pairsAreNoMoreThanAMessageHolds() {
    labels.put("a", "1").put("huge", "x".repeat(40_000)).put("b", "2").putNull("none");
    assertEquals(Map.of("a", "1", "b", "2", "none", ""), DaemonJson.pairs(labels));
    for (int i = 0; i < 2000; i++) {
      labels.put("k" + i, "");
    }
    assertEquals(1000, DaemonJson.pairs(labels).size());
    labels.removeAll().put("first", "x".repeat(30_000)).put("second", "x".repeat(30_000));
    assertEquals(Set.of("first"), DaemonJson.pairs(labels).keySet());
  }
}
