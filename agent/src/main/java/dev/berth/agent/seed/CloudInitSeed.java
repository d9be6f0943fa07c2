package dev.berth.agent.seed;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a machine's cloud-init is told.
///
/// @param instanceId what cloud-init takes for the machine's identity, 1 to 253 characters: another
///     one makes it begin anew
/// @param hostname host name, with or without a domain, 1 to 253 characters
/// @param userData user data, for instance a `#cloud-config` document or a script; at most 64 KiB
///     as UTF-8; may be empty
/// @param metaData meta data instead of what follows from the other arguments, YAML of at most
///     64 KiB that holds its own `instance-id`; empty: it is made
/// @param networkConfig network configuration of at most 16 KiB; empty: none, cloud-init's default
/// @param sshAuthorizedKeys public keys that may log in as the image's default user, one line of at
///     most 8 Ki characters each, at most 64, with 128 Ki characters in all
public record CloudInitSeed(
    String instanceId,
    String hostname,
    String userData,
    String metaData,
    String networkConfig,
    List<String> sshAuthorizedKeys) {
  static final int MOST_NAME_CHARS = 253;
  static final int MOST_USER_DATA_BYTES = 64 << 10;
  static final int MOST_META_DATA_BYTES = 64 << 10;
  static final int MOST_NETWORK_CONFIG_BYTES = 16 << 10;
  static final int MOST_KEYS = 64;
  static final int MOST_KEY_CHARS = 8 << 10;
  static final int MOST_KEYS_CHARS = 128 << 10;

  public CloudInitSeed {
    sshAuthorizedKeys = List.copyOf(sshAuthorizedKeys);
  }

  /// A seed whose meta data is made.
  public CloudInitSeed(
      String instanceId,
      String hostname,
      String userData,
      String networkConfig,
      List<String> sshAuthorizedKeys) {
    this(instanceId, hostname, userData, "", networkConfig, sshAuthorizedKeys);
  }

  /// The seed's files by name. `user-data` is there even when empty: without it cloud-init takes
  /// the disk for no seed.
  ///
  /// Keys go into the meta data, never into the user data: there they work whatever the user data
  /// is (a script, a `#cloud-config` with keys of its own, nothing), and the user's text stays as
  /// it was written.
  ///
  /// @throws SeedException when an argument is out of its bounds
  public Map<String, byte[]> files() throws SeedException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("meta-data", metaDataBytes());
    files.put("user-data", bounded("user data", userData, MOST_USER_DATA_BYTES));
    if (!networkConfig.isBlank()) {
      files.put(
          "network-config",
          bounded("network configuration", networkConfig, MOST_NETWORK_CONFIG_BYTES));
    }
    return files;
  }

  /// The seed as a disk, as [SeedIso#of] makes it; the same seed gives the same bytes.
  ///
  /// @throws SeedException when an argument is out of its bounds
  public byte[] image() throws SeedException {
    return SeedIso.of(files());
  }

  /// Without what may be secret.
  @Override
  public String toString() {
    return "CloudInitSeed[" + instanceId + ", " + hostname + "]";
  }

  private byte[] metaDataBytes() throws SeedException {
    checkName("instance id", instanceId);
    checkName("host name", hostname);
    checkKeys();
    if (!metaData.isBlank()) {
      if (!sshAuthorizedKeys.isEmpty()) {
        throw new SeedException(
            "meta data and SSH keys: both were given (expected: the keys in the meta data's"
                + " \"public-keys\")");
      }
      return bounded("meta data", metaData, MOST_META_DATA_BYTES);
    }
    StringBuilder text = new StringBuilder();
    text.append("instance-id: ").append(YamlText.quoted(instanceId)).append('\n');
    text.append("local-hostname: ").append(YamlText.quoted(hostname)).append('\n');
    if (!sshAuthorizedKeys.isEmpty()) {
      text.append("public-keys:\n");
      for (String key : sshAuthorizedKeys) {
        text.append("  - ").append(YamlText.quoted(key.strip())).append('\n');
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void checkName(String what, String name) throws SeedException {
    if (name.isBlank() || name.length() > MOST_NAME_CHARS) {
      throw new SeedException(
          "%s: %d characters (expected: 1 to %d)".formatted(what, name.length(), MOST_NAME_CHARS));
    }
  }

  private void checkKeys() throws SeedException {
    if (sshAuthorizedKeys.size() > MOST_KEYS) {
      throw new SeedException(
          "SSH keys: %d (expected: at most %d)".formatted(sshAuthorizedKeys.size(), MOST_KEYS));
    }
    int left = MOST_KEYS_CHARS;
    for (int i = 0; i < sshAuthorizedKeys.size(); i++) {
      String key = sshAuthorizedKeys.get(i).strip();
      // A second line would be a second entry of the guest's authorized_keys.
      if (key.isEmpty() || key.codePoints().anyMatch(Character::isISOControl)) {
        throw new SeedException(
            "SSH key %d: empty, or with a line break (expected: one public key on one line)"
                .formatted(i + 1));
      }
      if (key.length() > MOST_KEY_CHARS) {
        throw new SeedException(
            "SSH key %d: %d characters (expected: at most %d)"
                .formatted(i + 1, key.length(), MOST_KEY_CHARS));
      }
      left -= key.length();
    }
    if (left < 0) {
      throw new SeedException(
          "SSH keys: %d characters in all (expected: at most %d)"
              .formatted(MOST_KEYS_CHARS - left, MOST_KEYS_CHARS));
    }
  }

  private static byte[] bounded(String what, String text, int most) throws SeedException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > most) {
      throw new SeedException(
          "%s: %d bytes (expected: at most %d)".formatted(what, bytes.length, most));
    }
    return bytes;
  }
}
