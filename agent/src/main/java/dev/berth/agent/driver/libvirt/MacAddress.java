package dev.berth.agent.driver.libvirt;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hardware addresses of a slot's network cards. They follow from the slot and so stay when its
/// instance is replaced: leases and firewalls know it again.
final class MacAddress {
  private MacAddress() {}

  /// The address of one card.
  ///
  /// @param workloadUid UID of the workload
  /// @param slot index of the slot, from 1
  /// @param card index of the card, from 0
  /// @return in QEMU's range: "52:54:00:…"
  static String of(String workloadUid, int slot, int card) {
    byte[] digest =
        sha256().digest((workloadUid + "/" + slot + "/" + card).getBytes(StandardCharsets.UTF_8));
    return "52:54:00:%02x:%02x:%02x".formatted(digest[0], digest[1], digest[2]);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
