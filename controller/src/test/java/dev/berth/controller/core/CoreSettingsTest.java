package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class CoreSettingsTest {
  @Test
  void heartbeatsComeMoreSeldomInALargeClusterButNeverTooSeldom() {
    assertEquals(2_000, CoreSettings.DEFAULT.heartbeatMillis(0));
    assertEquals(2_000, CoreSettings.DEFAULT.heartbeatMillis(2_500));
    assertEquals(4_000, CoreSettings.DEFAULT.heartbeatMillis(5_000));
    assertEquals(8_000, CoreSettings.DEFAULT.heartbeatMillis(10_000));
    assertEquals(8_000, CoreSettings.DEFAULT.heartbeatMillis(1_000_000));
    assertEquals(3_000, new CoreSettings(3_000, 4_000, 5_000).heartbeatMillis(1_000_000));
  }

  @Test
  void refusesTimingsThatContradictEachOther() {
    assertThrows(IllegalArgumentException.class, () -> new CoreSettings(2_000, 2_000, 20_000));
    assertThrows(IllegalArgumentException.class, () -> new CoreSettings(2_000, 6_000, 6_000));
    assertThrows(IllegalArgumentException.class, () -> new CoreSettings(2, 6, 20, 6, 1));
    assertThrows(IllegalArgumentException.class, () -> new CoreSettings(2, 6, 20, 7, 0));
  }
}
